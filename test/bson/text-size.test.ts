import { serialize } from 'bson'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'
import { writeJsonDocument } from '../../src/bson/json-text.js'
import { measuredSize } from '../../src/bson/text-size.js'
import { viewOf } from '../../src/bson/walk.js'

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('\u0001'.repeat(50_000)))
const value = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double(),
    fc.integer(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter(name => !name.includes('\0')),
      tie('value'),
    ),
  ),
})).value

it('is enough for the text without growing, and hardly more', () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), values => {
      const bytes = serialize({ values })
      const write = (sink: ByteSink) => writeJsonDocument(sink, bytes, viewOf(bytes), 0)
      const sink = new ByteSink(64)
      write(sink)
      const size = measuredSize(write)
      expect(size).toBeGreaterThanOrEqual(sink.length)
      expect(size).toBeLessThanOrEqual(sink.length + 256)
    }),
  )
})
