import { serialize } from 'bson'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LOSSLESS_FORMATS } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { restoreRun } from '../../src/proof/restore-run.js'
import { anyDocument } from '../bson/support/any-document.js'
import { bytesOf, document, EVERY_TYPE, element, int32, string } from '../bson/support/hand-made.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { sortedHex } from '../support/mongo-documents.js'
import { MemoryCollections } from './memory-collections.js'
import { digestOf, duplicateField, exportRun, malformed, papers } from './proof-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
let into: MemoryCollections
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
  into = new MemoryCollections()
})
afterEach(() => remove())

const restore = (manifest: Manifest) =>
  restoreRun({ lake, sink: into, openSource: () => into.openSource('c') }, { manifest, collection: 'c', drop: true })
describe.each(LOSSLESS_FORMATS)('from %s, into a server that keeps bytes', format => {
  it('any documents are the same to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyDocument(), { maxLength: 60 }), async drawn => {
        const before = drawn.map((one, n) => {
          one.delete('_id')
          return serialize(new Map<string, unknown>([['_id', n], ...one]))
        })
        const manifest = await exportRun(lake, before, { formats: [format] })
        expect(await restore(manifest)).toMatchObject({
          documents: before.length,
          digest: digestOf(before),
          refused: 0,
        })
        expect(sortedHex(into.documents.get('c') ?? [])).toEqual(sortedHex(before))
      }),
      { numRuns: 8 },
    )
  })

  it('one of every BSON type is the same to the byte', async () => {
    const { bytes } = bytesOf(document(element(0x10, '_id', int32(1)), ...EVERY_TYPE.slice(1)))
    const manifest = await exportRun(lake, [bytes], { formats: [format] })
    expect(manifest.rejects.documents).toBe(0)
    expect(await restore(manifest)).toMatchObject({ documents: 1, digest: digestOf([bytes]), refused: 0 })
  })

  it('rejected documents are as well, where the server takes them, and told where not', async () => {
    const notUtf8 = bytesOf(document(element(0x10, '_id', int32(3)), element(0x02, 'a', string([0xff])))).bytes
    const documents = [...papers(10), duplicateField(1), malformed(2), notUtf8]
    const manifest = await exportRun(lake, documents, { formats: [format] })
    expect(manifest.rejects.documents).toBe(3)
    const outcome = await restore(manifest)
    expect([outcome.documents, outcome.rejected, outcome.refused]).toEqual([11, 1, 2])
    expect(outcome.refusals).toEqual([
      { id: '{"$numberInt":"2"}', reason: expect.stringMatching(/^malformed: .* at ok$/) },
      { id: '{"$numberInt":"3"}', reason: expect.stringMatching(/^invalid-utf8: .* at a \(/) },
    ])
    expect(sortedHex(into.documents.get('c') ?? [])).toEqual(sortedHex(documents.slice(0, 11)))
    expect(outcome.digest).toBe(digestOf(documents.slice(0, 11)))
  })
})

it('what Extended JSON cannot hold comes back from the rejected ones', async () => {
  const documents = [serialize({ _id: 1, a: { $numberLong: '5' } }), serialize({ _id: 2 })]
  const manifest = await exportRun(lake, documents, { formats: ['ejson.gz'] })
  expect(manifest.rejects.documents).toBe(1)
  expect(await restore(manifest)).toMatchObject({ documents: 2, rejected: 1, refused: 0, digest: digestOf(documents) })
  expect(sortedHex(into.documents.get('c') ?? [])).toEqual(sortedHex(documents))
})

it('a rejected document that was changed since is an error', async () => {
  const manifest = await exportRun(lake, [...papers(2), duplicateField(1)], { formats: ['bson.gz'] })
  const [key] = manifest.rejects.keys
  const text = new TextDecoder().decode((await lake.get(key!))!.body)
  const other = Buffer.from(duplicateField(9)).toString('base64')
  await lake.put(key!, new TextEncoder().encode(text.replace(/"bson":"[^"]*"/, `"bson":"${other}"`)))
  await expect(restore(manifest)).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
})
