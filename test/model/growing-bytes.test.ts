import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { GrowingBytes } from '../../src/model/growing-bytes.js'

const MEGABYTE = 1024 * 1024

it('is its pieces one after the other, in an ArrayBuffer of just that size, whatever was expected', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 }), fc.nat(9_000), (pieces, expected) => {
      const bytes = new GrowingBytes(expected)
      for (const piece of pieces) bytes.append(piece)
      const all = Buffer.concat(pieces)
      expect(bytes.length).toBe(all.length)
      expect(Buffer.from(bytes.finish())).toEqual(all)
      expect(bytes.finish().buffer.byteLength).toBe(all.length)
    }),
  )
})

it('does not map what is small: there may be thousands of it', () => {
  const sizes = [1, 60_000, 1_900_000, 3 * MEGABYTE, 9 * MEGABYTE]
  const mapped = sizes.flatMap(size =>
    [0, size].map(expected => {
      const bytes = new GrowingBytes(expected)
      for (let at = 0; at < size; at += 50_000) bytes.append(new Uint8Array(Math.min(50_000, size - at)).fill(7))
      const all = bytes.finish()
      expect([all.length, all[0], all.at(-1), all.buffer.byteLength]).toEqual([size, 7, 7, size])
      return all.buffer.resizable
    }),
  )
  expect(mapped).toEqual([false, false, false, false, false, false, true, true, true, true])
})

it('grows beyond what was set aside at first', () => {
  const bytes = new GrowingBytes()
  for (let n = 1; n <= 9; n++) bytes.append(new Uint8Array(5 * MEGABYTE).fill(n))
  const all = bytes.finish()
  expect(all.buffer.byteLength).toBe(45 * MEGABYTE)
  for (let n = 1; n <= 9; n++) {
    expect([all[(n - 1) * 5 * MEGABYTE], all[n * 5 * MEGABYTE - 1]]).toEqual([n, n])
  }
})

it('is given to another thread without a copy, and counts there as what is in it', () => {
  const { port1, port2 } = new MessageChannel()
  const before = process.memoryUsage().external
  const received: Uint8Array[] = []
  for (let n = 0; n < 10; n++) {
    const bytes = new GrowingBytes()
    bytes.append(new Uint8Array(3 * MEGABYTE).fill(n))
    const body = bytes.finish()
    port1.postMessage(body, [body.buffer])
    expect(body.length).toBe(0)
    received.push(receiveMessageOnPort(port2)!.message)
  }
  // The pieces themselves are among it until they are collected.
  expect(process.memoryUsage().external - before).toBeLessThan(65 * MEGABYTE)
  expect(received.map(body => [body.length, body[0], body.at(-1)])).toEqual(
    Array.from({ length: 10 }, (_, n) => [3 * MEGABYTE, n, n]),
  )
  port1.close()
})
