import { gunzipSync } from 'node:zlib'
import { deserialize } from 'bson'
import { describe, expect, it } from 'vitest'
import { viewOf } from '../../src/bson/walk.js'
import type { Column } from '../../src/model/column.js'
import type { Format } from '../../src/model/format.js'
import * as hand from '../bson/support/hand-made.js'
import { bsonBySpecification } from '../bson/support/spec-ejson.js'
import { readWithHyparquet } from '../parquet/read-back.js'
import { digestOf, documentsOf, encodeSegment, hexOf, partIn, settingsFor } from './encoded-segment.js'
import { TRAPS, type Trap } from './traps-table.js'

const ALL: readonly Format[] = ['parquet', 'ndjson.gz', 'json', 'ejson.gz', 'bson.gz']
const WITHOUT_EJSON = ALL.filter(format => format !== 'ejson.gz')

const documentWith = ({ type, value }: Pick<Trap, 'type' | 'value'>): Uint8Array =>
  Uint8Array.from(hand.document(hand.element(0x10, '_id', hand.int32(1)), hand.element(type, 'v', value)))

const textOf = (body: Uint8Array) => gunzipSync(body).toString()
const parquetRow = async (body: Uint8Array) => (await readWithHyparquet(new Uint8Array(body)))[0]!

/** The documents that every format of the run has to have, and nothing but those. */
async function expectAll(trap: Trap, formats: readonly Format[]): Promise<void> {
  const document = documentWith(trap)
  const columns: Column[] = trap.column ? [{ name: 'v', type: trap.column.type }] : []
  const segment = encodeSegment(settingsFor(formats, { columns }), [document])
  expect(segment.totals).toMatchObject({ documents: 1, rejected: 0, digest: digestOf([document]) })
  if (trap.census) expect(segment.totals.census.fields['v']).toEqual({ [trap.census]: 1 })

  const row = await parquetRow(partIn(segment, 'parquet').body)
  const isMisfit = trap.column?.cell === 'misfit'
  expect(row['v'] ?? null).toEqual(isMisfit ? null : trap.column?.cell)
  expect(row['_misfit'] ?? null).toBe(isMisfit ? `{"v":${trap.json}}` : null)
  expect(row['_extra'] ?? null).toBeNull()

  expect(textOf(partIn(segment, 'ndjson.gz').body)).toBe(`{"_id":1,"v":${trap.json}}\n`)
  expect(Buffer.from(partIn(segment, 'json').body).toString()).toBe(`[{"_id":1,"v":${trap.json}}]\n`)
  expect(() => JSON.parse(trap.json!)).not.toThrow()

  expect(hexOf(await documentsOf('bson.gz', partIn(segment, 'bson.gz').body))).toEqual(hexOf([document]))
  expect(gunzipSync(partIn(segment, 'bson.gz').body).equals(document)).toBe(true)
  if (!formats.includes('ejson.gz')) return
  const { body } = partIn(segment, 'ejson.gz')
  expect(textOf(body)).toBe(`{"_id":{"$numberInt":"1"},"v":${trap.ejson}}\n`)
  expect(hexOf(await documentsOf('ejson.gz', body))).toEqual(hexOf([document]))
  expect(hexOf([bsonBySpecification(textOf(body))])).toEqual(hexOf([document]))
}

function expectRejected(trap: Trap, formats: readonly Format[], wanted: { code: string; path: string }): void {
  const document = documentWith(trap)
  const { parts, totals, rejects } = encodeSegment(settingsFor(formats), [document])
  expect(parts).toEqual([])
  expect(totals).toMatchObject({ documents: 1, rejected: 1, rejectsDigest: digestOf([document]) })
  expect(rejects).toMatchObject([{ bson: Buffer.from(document).toString('base64'), reason: wanted }])
}

describe('each trap of BSON to JSON, Parquet and back', () => {
  it.each(TRAPS.map(trap => [trap.name, trap] as const))('%s', async (_, trap) => {
    if (trap.rejected) {
      for (const formats of [ALL, WITHOUT_EJSON, ['bson.gz'] as const]) expectRejected(trap, formats, trap.rejected)
      return
    }
    await expectAll(trap, WITHOUT_EJSON)
    if (typeof trap.ejson === 'string') await expectAll(trap, ALL)
    else expectRejected(trap, ALL, trap.ejson!)
  })

  it.each(TRAPS.filter(({ rejected }) => !rejected).map(trap => [trap.name, trap] as const))(
    '%s, in a field that no column is declared for',
    async (_, trap) => {
      const segment = encodeSegment(settingsFor(['parquet']), [documentWith(trap)])
      expect(await parquetRow(segment.parts[0]!.body)).toMatchObject({
        _id: '{"$numberInt":"1"}',
        _extra: `{"v":${trap.json}}`,
      })
    },
  )
})

describe('documents of 16 MB', () => {
  const size = 16 * 1024 * 1024
  const empty = documentWith({ type: 0x02, value: hand.string('') })

  /** `{_id: 1, v: text}` of exactly that size, the text all of one byte. */
  function documentOf(fill: number): Uint8Array {
    const bytes = new Uint8Array(size)
    const textAt = empty.length - 2
    bytes.set(empty.subarray(0, textAt))
    viewOf(bytes).setInt32(0, size, true)
    viewOf(bytes).setInt32(textAt - 4, size - empty.length + 1, true)
    return bytes.fill(fill, textAt, size - 2)
  }

  it.each([
    ['of text', documentOf(0x61)],
    ['of text that JSON writes in six bytes each', documentOf(0x01)],
  ])('%s are in every format', async (_, document) => {
    expect(deserialize(document)['v']).toHaveLength(size - empty.length)
    const columns: Column[] = [{ name: 'v', type: { kind: 'string' } }]
    const segment = encodeSegment(settingsFor(ALL, { columns }), [document])
    expect(segment.totals).toMatchObject({ documents: 1, rejected: 0, digest: digestOf([document]) })
    const text: string = deserialize(document)['v']
    expect((await parquetRow(partIn(segment, 'parquet').body))['v'] === text).toBe(true)
    expect(JSON.parse(textOf(partIn(segment, 'ndjson.gz').body)).v === text).toBe(true)
    expect(JSON.parse(Buffer.from(partIn(segment, 'json').body).toString())[0].v === text).toBe(true)
    for (const format of ['ejson.gz', 'bson.gz'] as const) {
      const [read] = await documentsOf(format, partIn(segment, format).body)
      expect(Buffer.compare(read!, document)).toBe(0)
    }
  })
})
