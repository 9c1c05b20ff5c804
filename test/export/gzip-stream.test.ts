import { execFileSync } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GzipStream } from '../../src/export/encode/gzip-stream.js'

describe('GzipStream', () => {
  it('makes one member that holds the pieces one after the other, and begins anew after it', () => {
    const stream = new GzipStream(1)
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 6 }), pieces => {
        for (const piece of pieces) stream.add(piece)
        const member = stream.finish()
        expect(member.buffer.byteLength).toBe(member.length)
        // gunzipSync checks length and CRC of the trailer.
        expect(gunzipSync(member)).toEqual(Buffer.concat(pieces))
      }),
    )
  })

  it('is read by gzip itself', () => {
    const stream = new GzipStream(1)
    for (const line of ['one\n', 'two\n'.repeat(100_000), 'three\n']) stream.add(Buffer.from(line))
    const text = execFileSync('gzip', ['-dc'], { input: stream.finish(), maxBuffer: 1 << 20 }).toString()
    expect(text).toBe(`one\n${'two\n'.repeat(100_000)}three\n`)
  })

  it('takes the level that it is told', () => {
    const text = Buffer.from(Array.from({ length: 20_000 }, (_, n) => `${n} ${n * n} lorem ipsum\n`).join(''))
    const [fast, small] = [1, 9].map(level => {
      const stream = new GzipStream(level)
      stream.add(text)
      return stream.finish()
    })
    expect(small!.length).toBeLessThan(fast!.length)
    expect(gunzipSync(small!).equals(text)).toBe(true)
  })

  it('gives the same bytes for the same pieces', () => {
    const make = () => {
      const stream = new GzipStream(1)
      stream.add(Buffer.from('a line\n'))
      return stream.finish()
    }
    expect(make()).toEqual(make())
  })
})
