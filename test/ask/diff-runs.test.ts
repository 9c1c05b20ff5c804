import { type Document, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDbScratch } from '../../src/adapters/duckdb/duckdb-scratch.js'
import { diffRuns, type RunDifference } from '../../src/ask/diff-runs.js'
import type { Column } from '../../src/model/column.js'
import type { Format } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { ScratchDatabase } from '../../src/ports/scratch-database.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { makeRun, watched } from './made-runs.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

interface Diff extends RunDifference {
  /** `+ id`, `- id`, `~ id`: all of them. */
  readonly all: string[]
}

async function diff(
  from: Manifest,
  to: Manifest,
  { on = lake, by }: { on?: ObjectStore; by?: string } = {},
): Promise<Diff> {
  let database: ScratchDatabase | undefined
  const open = async (): Promise<ScratchDatabase> => {
    database ??= await openDuckDbScratch({ lake: on })
    return database
  }
  try {
    const { signal } = new AbortController()
    const request = { from, to, samples: 5, signal, ...(by === undefined ? {} : { by }) }
    const difference = await diffRuns({ lake: on, database: open }, request)
    const all: string[] = []
    const sign = { added: '+', removed: '-', changed: '~' }
    for await (const page of difference.ids()) all.push(...page.map(({ change, id }) => `${sign[change]} ${id}`))
    return { ...difference, all }
  } finally {
    await database?.close()
  }
}

const counts = ({ added, removed, changed, fields, equal }: Diff): unknown => ({
  added,
  removed,
  changed,
  equal,
  fields: Object.fromEntries(fields.map(({ field, ...count }) => [field, [count.changed, count.added, count.removed]])),
})

let minute = 0
interface RunsOptions {
  readonly formats?: [readonly Format[], readonly Format[]]
  readonly columns?: [readonly Column[], readonly Column[]]
  readonly perPart?: number
}

async function runs(
  before: readonly (Document | Uint8Array)[],
  after: readonly (Document | Uint8Array)[],
  options: RunsOptions = {},
): Promise<[Manifest, Manifest]> {
  const { formats = [['bson.gz'], ['bson.gz']], columns = [[], []], perPart = 7 } = options
  minute += 2
  return [
    await makeRun(lake, before, { minute, formats: formats[0], columns: columns[0], perPart }),
    await makeRun(lake, after, { minute: minute + 1, formats: formats[1], columns: columns[1], perPart }),
  ]
}

/** What happens to a document: nothing, it goes, or fields are set, unset and added. */
const FIELDS = ['a', 'b', 'm.x'] as const
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.constant('keep' as const) },
  { weight: 1, arbitrary: fc.constant('remove' as const) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), fc.constantFrom('set', 'unset'), { minKeys: 1 }) },
)
const edits = fc.record({
  edits: fc.array(edit, { maxLength: 40 }),
  added: fc.nat(5),
  perPart: fc.integer({ min: 1, max: 12 }),
  shuffle: fc.boolean(),
})

function edited(
  idOf: (n: number) => unknown,
  { edits: list, added, shuffle }: { edits: (string | Record<string, string>)[]; added: number; shuffle: boolean },
): { before: Document[]; after: Document[]; wanted: unknown } {
  const before: Document[] = list.map((_, n) => ({ _id: idOf(n), a: n, m: { x: n, y: 1 } }))
  const after: Document[] = []
  const wanted = { added, removed: 0, changed: 0, equal: true, fields: {} as Record<string, number[]> }
  const count = (field: string, which: number): void => {
    wanted.fields[field] ??= [0, 0, 0]
    wanted.fields[field]![which]! += 1
  }
  for (const [n, change] of list.entries()) {
    const document: Document = { _id: idOf(n), a: n, m: { x: n, y: 1 } }
    if (change === 'remove') {
      wanted.removed += 1
      continue
    }
    after.push(document)
    if (typeof change === 'string') continue
    let differs = false
    for (const [field, what] of Object.entries(change)) {
      if (what === 'unset' && field === 'b') continue
      differs = true
      if (field === 'b') count('b', 1)
      else count(field, what === 'set' ? 0 : 2)
      if (field === 'm.x') document['m'] = what === 'set' ? { x: -1 - n, y: 1 } : { y: 1 }
      else if (what === 'set') document[field] = -1 - n
      else delete document[field]
    }
    if (differs) wanted.changed += 1
  }
  for (let n = 0; n < added; n++) after.push({ _id: idOf(10_000 + n), a: n })
  wanted.equal = wanted.added + wanted.removed + wanted.changed === 0
  return { before, after: shuffle ? after.toReversed() : after, wanted }
}

describe('two runs that differ by generated edits', () => {
  /** Ids of which several have one text without their types. */
  const mixedId = (n: number): unknown =>
    [n, String(n), Long.fromNumber(n), new ObjectId(n.toString(16).padStart(24, '0'))][n % 4]

  it.each([
    [['bson.gz'], ['bson.gz']],
    [['bson.gz', 'parquet'], ['ejson.gz']],
  ] as [Format[], Format[]][])('differ by just those, byte for byte: %j and %j', async (...formats) => {
    await fc.assert(
      fc.asyncProperty(edits, async made => {
        const { before, after, wanted } = edited(mixedId, made)
        const found = await diff(...(await runs(before, after, { formats, perPart: made.perPart })))
        expect(counts(found)).toEqual(wanted)
        expect(found.all).toHaveLength(found.added + found.removed + found.changed)
        if (found.all.length > 0) expect(found.comparedBy).toBe('documents')
      }),
      { numRuns: 15 },
    )
  })

  it('differ by just those, in their columns: a field of a struct, one beside the schema', async () => {
    const columns: Column[] = [
      { name: 'a', type: { kind: 'int32' } },
      { name: 'm', type: { kind: 'struct', fields: [{ name: 'x', type: { kind: 'int32' } }] } },
    ]
    await fc.assert(
      fc.asyncProperty(edits, async made => {
        const { before, after, wanted } = edited(n => `p${n}`, made)
        const options: RunsOptions = {
          formats: [['parquet'], ['parquet']],
          columns: [columns, columns],
          perPart: made.perPart,
        }
        const found = await diff(...(await runs(before, after, options)))
        expect(counts(found)).toEqual(wanted)
        if (found.all.length > 0) expect(found.comparedBy).toBe('columns')
      }),
      { numRuns: 15 },
    )
  })
})

describe('what is read', () => {
  const documents = Array.from({ length: 30 }, (_, n) => ({ _id: n, a: n }))

  it('is nothing when the digests are equal, whatever the order and the parts', async () => {
    const [from] = await runs(documents, [])
    const [to] = await runs(documents.toReversed(), [], { perPart: 4, formats: [['parquet'], ['parquet']] })
    const watching = watched(lake)
    expect(await diff(from, to, { on: watching.lake })).toMatchObject({ equal: true, comparedBy: 'digest', all: [] })
    expect(watching.read).toEqual([])
  })

  it('is not the parts that both runs have, and a changed one twice', async () => {
    const [from, to] = await runs(documents, documents.with(8, { _id: 8, a: -1 }), { perPart: 10 })
    const watching = watched(lake)
    const found = await diff(from, to, { on: watching.lake })
    expect(found).toMatchObject({
      all: ['~ {"$numberInt":"8"}'],
      samples: { changed: [{ changes: [{ field: 'a' }] }] },
    })
    expect(watching.read).toEqual([from.parts[0]!.key, to.parts[0]!.key])
  })

  it('has to be what was committed', async () => {
    const [from, to] = await runs(documents, [{ _id: 1 }])
    await lake.delete([to.parts[0]!.key])
    await expect(diff(from, to)).rejects.toMatchObject({ code: 'LAKE_OBJECT_MISSING' })
  })
})

describe('documents that are hard to tell', () => {
  it('with one id several times are paired off with their equals first', async () => {
    const twice = [{ _id: 1, a: 'x' }, { _id: 1, a: 'y' }, { _id: 2 }, { _id: 2 }]
    const found = await diff(...(await runs(twice, [{ _id: 2 }, { _id: 1, a: 'z' }, { _id: 1, a: 'x' }])))
    expect(found.all).toEqual(['~ {"$numberInt":"1"}', '- {"$numberInt":"2"}'])
    expect(found.samples.changed).toEqual([
      { id: '{"$numberInt":"1"}', changes: [{ field: 'a', old: '"y"', new: '"z"' }] },
    ])
  })

  it('with the same values in another order are changed, and rearranged', async () => {
    const found = await diff(...(await runs([{ _id: 1, a: 1, b: 2 }], [{ _id: 1, b: 2, a: 1 }])))
    expect(found).toMatchObject({ changed: 1, rearranged: 1, fields: [], equal: false })
  })

  it('without an id, or with one text for two ids, are still counted right', async () => {
    const found = await diff(
      ...(await runs([{ a: 1 }, { _id: 1 }, { _id: '1' }], [{ a: 2 }, { _id: Long.ONE }, { _id: '1' }])),
    )
    expect(found.all).toEqual(['~ null', '- {"$numberInt":"1"}', '+ {"$numberLong":"1"}'])
    const id = new ObjectId()
    const formats: [Format[], Format[]] = [['parquet'], ['parquet']]
    const texts = await diff(...(await runs([{ _id: id }, { _id: String(id), a: 1 }], [{ _id: id }], { formats })))
    expect(texts.all).toEqual([`- ${id}`])
  })

  it('go by another field when asked to, where ids were made anew', async () => {
    const made = (ids: string[], a: number): Document[] => ids.map(key => ({ _id: new ObjectId(), key, a }))
    const [from, to] = await runs(made(['x', 'y'], 1), made(['y', 'z'], 1))
    expect((await diff(from, to)).all).toHaveLength(4)
    const found = await diff(from, to, { by: 'key' })
    expect(found.all).toEqual(['- "x"', '~ "y"', '+ "z"'])
    expect(found.fields).toEqual([{ field: '_id', changed: 1, added: 0, removed: 0 }])
    const columns: Column[] = [{ name: 'key', type: { kind: 'string' } }]
    const parquet: RunsOptions = { formats: [['parquet'], ['parquet']], columns: [columns, columns] }
    const [old, now] = await runs(made(['x', 'y'], 1), made(['y', 'z'], 1), parquet)
    expect((await diff(old, now, { by: 'key' })).all).toEqual(['- x', '~ y', '+ z'])
    await expect(diff(old, now, { by: 'a' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('"a"'),
    })
  })
})

describe('runs with other columns', () => {
  it('are compared by what their documents say, and the columns are told', async () => {
    const documents: Document[] = [
      { _id: '1', n: 5, t: 'x', at: new Date(0), big: Long.fromString('9007199254740993') },
      { _id: '2', n: 6, t: 'y', at: new Date(1), big: Long.fromString('9007199254740993') },
    ]
    const before: Column[] = [
      { name: 'n', type: { kind: 'int32' } },
      { name: 't', type: { kind: 'string' } },
    ]
    const after: Column[] = [
      { name: 'n', type: { kind: 'double' } },
      { name: 'at', type: { kind: 'timestamp' } },
    ]
    const changed = documents.with(1, { ...documents[1], big: Long.fromString('9007199254740992') })
    const formats: [Format[], Format[]] = [['parquet'], ['parquet']]
    const found = await diff(...(await runs(documents, changed, { formats, columns: [before, after], perPart: 2 })))
    expect(found.all).toEqual(['~ 2'])
    expect(found.samples.changed[0]?.changes).toEqual([
      { field: 'big', old: '9007199254740993', new: '9007199254740992' },
    ])
    expect(found.schema).toEqual([
      { column: 'n', old: 'int32', new: 'double' },
      { column: 't', old: 'string', new: null },
      { column: 'at', old: null, new: 'timestamp' },
    ])
  })
})

describe('rejected documents', () => {
  /** A boolean that is 7. */
  function rejected(id: number): Uint8Array {
    const bytes = serialize({ _id: id, ok: true })
    bytes[bytes.length - 2] = 7
    return bytes
  }

  it('make runs differ that are otherwise the same, unless they are the same ones', async () => {
    const [a, b] = await runs([{ _id: 1 }, rejected(2)], [{ _id: 1 }, rejected(3)])
    expect(await diff(a, b)).toMatchObject({
      equal: false,
      comparedBy: 'digest',
      notes: [expect.stringContaining('_rejects/')],
    })
    const [c] = await runs([rejected(2), { _id: 1 }], [])
    expect(await diff(a, c)).toMatchObject({ equal: true, notes: [] })
  })
})

it('has nothing to go by when a run has neither a lossless format nor Parquet', async () => {
  const [from, to] = await runs([{ _id: 1 }], [{ _id: 2 }], { formats: [['bson.gz'], ['ndjson.gz']] })
  await expect(diff(from, to)).rejects.toMatchObject({
    code: 'RUN_NO_PARQUET',
    message: expect.stringContaining('to compare'),
  })
})
