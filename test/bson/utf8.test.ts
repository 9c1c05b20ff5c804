import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isUtf8 } from '../../src/bson/utf8.js'

const decoder = new TextDecoder('utf-8', { fatal: true })

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** Between other bytes, so that reading past either end would show. */
function accepts(bytes: Uint8Array): boolean {
  const padded = new Uint8Array([0xff, 0x80, ...bytes, 0x80, 0xbf, 0x80])
  return isUtf8(padded, new DataView(padded.buffer), 2, 2 + bytes.length)
}

it('says what a fatal TextDecoder says of any bytes', () => {
  // Mostly bytes that mean something to UTF-8, with ASCII between for the fast path.
  const byte = fc.oneof(
    fc.constantFrom(
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0xff,
    ),
    fc.integer({ min: 0, max: 255 }),
  )
  const piece = fc.oneof(
    fc.uint8Array({ min: 0x20, max: 0x7e, maxLength: 40 }),
    fc.array(byte, { maxLength: 4 }),
    fc.string({ unit: 'binary', maxLength: 3 }).map(text => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), pieces => {
      const bytes = Uint8Array.from(pieces.flatMap(one => [...one]))
      expect(accepts(bytes)).toBe(decodes(bytes))
    }),
    { numRuns: 5_000 },
  )
})

it('says so of every lead byte with every second byte', () => {
  for (let lead = 0x80; lead < 0x100; lead++) {
    for (let second = 0; second < 0x100; second++) {
      for (const rest of [[], [0x80], [0x80, 0xbf]]) {
        const bytes = Uint8Array.from([lead, second, ...rest])
        if (accepts(bytes) !== decodes(bytes)) expect.fail(`differs on ${Buffer.from(bytes).toString('hex')}`)
      }
    }
  }
})

it('refuses a sequence that the end cuts off, though the bytes after it would complete it', () => {
  for (const text of ['ß', '€', '😀']) {
    const bytes = new Uint8Array(Buffer.from(`${'a'.repeat(20)}${text}`))
    const whole = new DataView(bytes.buffer)
    expect(isUtf8(bytes, whole, 0, bytes.length)).toBe(true)
    for (let end = 21; end < bytes.length; end++) expect(isUtf8(bytes, whole, 0, end)).toBe(false)
  }
})
