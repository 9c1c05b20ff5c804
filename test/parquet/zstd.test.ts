import { compressors } from 'hyparquet-compressors'
import { describe, expect, it } from 'vitest'
import { zstdCompressor } from '../../src/parquet/zstd.js'

const block = new TextEncoder().encode('Parquet '.repeat(1000))

describe('zstdCompressor', () => {
  it.each([1, 3, 19])('makes frames of level %i that another implementation reads', level => {
    const compress = zstdCompressor(level)
    for (const bytes of [block, block.subarray(0, 1), block.subarray(0, 0)]) {
      expect(Buffer.compare(compressors.ZSTD!(compress(bytes), bytes.length), bytes)).toBe(0)
    }
    expect(compress(block).length).toBeLessThan(100)
  })

  it('takes that of Node where it has one', () => {
    const asked: unknown[] = []
    const node = {
      constants: { ZSTD_c_compressionLevel: 100 },
      zstdCompressSync: (bytes: Uint8Array, options: unknown) => {
        asked.push(options)
        return bytes
      },
    }
    const load = () => {
      throw new Error('must not be loaded')
    }
    expect(zstdCompressor(3, node, load)(block)).toBe(block)
    expect(asked).toEqual([{ params: { 100: 3 } }])
  })

  it('says what to do where there is neither', () => {
    const load = () => {
      throw new Error("Cannot find module '@toondepauw/node-zstd'")
    }
    expect(() => zstdCompressor(1, { constants: {} }, load)).toThrow(
      expect.objectContaining({
        code: 'CODEC_MISSING',
        message: "no zstd compression here: Cannot find module '@toondepauw/node-zstd'",
        hint: expect.stringContaining('npm install @toondepauw/node-zstd'),
      }),
    )
  })
})
