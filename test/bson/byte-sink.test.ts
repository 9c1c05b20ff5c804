import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'

it('holds exactly what was written, in order, however often it has to grow', () => {
  const write = fc.oneof(
    fc.record({ kind: fc.constant('byte' as const), value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('ascii' as const), value: fc.string({ maxLength: 90 }) }),
    fc.record({ kind: fc.constant('copy' as const), value: fc.uint8Array({ maxLength: 300 }) }),
  )
  fc.assert(
    fc.property(fc.array(write), writes => {
      const sink = new ByteSink(1)
      const expected: number[] = []
      for (const { kind, value } of writes) {
        if (kind === 'byte') {
          sink.byte(value)
          expected.push(value)
        } else if (kind === 'ascii') {
          sink.ascii(value)
          expected.push(...Buffer.from(value, 'latin1'))
        } else {
          const middle = value.length >> 1
          sink.copy(value, 0, middle)
          sink.copy(value, middle, value.length)
          expected.push(...value)
        }
      }
      expect([...sink.view()]).toEqual(expected)
    }),
  )
})

it('gives bytes away in an ArrayBuffer of just their size, and begins again empty', () => {
  const sink = new ByteSink(1000)
  sink.ascii('abc')
  const taken = sink.take()
  sink.ascii('xyz')
  expect(Buffer.from(taken).toString()).toBe('abc')
  expect(taken.buffer.byteLength).toBe(3)
  expect(sink.length).toBe(3)
})

it('shows what was written without a copy', () => {
  const sink = new ByteSink()
  sink.ascii('abc')
  expect(sink.view().buffer).toBe(sink.bytes.buffer)
})

it('shares its memory with its words after growing', () => {
  const sink = new ByteSink(1)
  sink.reserve(10_000)
  sink.words.setUint32(9_000, 0x01020304, true)
  expect([...sink.bytes.subarray(9_000, 9_004)]).toEqual([4, 3, 2, 1])
  expect(sink.words.byteLength).toBe(sink.bytes.length)
})

it('forgets the end when truncated and everything when cleared', () => {
  const sink = new ByteSink()
  sink.ascii('abcdef')
  sink.truncate(2)
  expect(Buffer.from(sink.view()).toString()).toBe('ab')
  sink.truncate(5)
  expect(sink.length).toBe(2)
  sink.clear()
  expect(sink.length).toBe(0)
})

it('lets what was written be taken from its beginning instead of growing', () => {
  const taken: string[] = []
  const sink: ByteSink = new ByteSink(64, () => {
    taken.push(Buffer.from(sink.view()).toString())
    sink.clear()
  })
  for (let n = 0; n < 40; n++) sink.ascii(`${n},`)
  expect([...taken, Buffer.from(sink.view()).toString()].join('')).toBe(
    Array.from({ length: 40 }, (_, n) => `${n},`).join(''),
  )
  expect(sink.bytes.length).toBe(64)
  // What cannot be made room for by taking is made room for by growing.
  sink.copy(new Uint8Array(500), 0, 500)
  expect(sink.length).toBe(500)
})

it('takes just the room that is asked for, and lets go of what it no longer needs', () => {
  const sink = new ByteSink(64)
  sink.ascii('abc')
  sink.reserveExactly(1_000)
  expect(sink.bytes.length).toBe(1_003)
  sink.shrink(2_000)
  expect(sink.bytes.length).toBe(1_003)
  sink.shrink(100)
  expect(sink.bytes.length).toBe(64)
  expect(Buffer.from(sink.view()).toString()).toBe('abc')
})
