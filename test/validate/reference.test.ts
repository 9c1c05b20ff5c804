import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../src/model/manifest.js'
import { type ColumnPath, DATASET_KINDS, type Rule, type Severity } from '../../src/model/rule.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import { arbitraryDocuments, arbitraryOthers, COLUMNS, OTHER_COLUMNS, OTHER_DATASET } from './arbitrary-documents.js'
import { arbitraryRules } from './arbitrary-rules.js'
import { type MadeRun, makeRun, putParts, RUN_ID, STARTED_AT } from './made-run.js'
import { evaluate, type World } from './reference.js'
import { type Document, rowOf } from './reference-states.js'
import { type Checked, contractOf, validateMade } from './validate-rows.js'

async function compare(world: World, list: readonly Rule[], made: Promise<Checked>): Promise<void> {
  const { result, counts, ids, violations, rows: states } = await made
  const docs = world.documents
  const outcomes = list.map(one => ({ rule: one, ...evaluate(one, world) }))
  expect(counts).toEqual(Object.fromEntries(outcomes.map(o => [o.rule.id, [o.checked, o.violated.length]])))
  const observed = result.rules.map(({ id, observed }) => [id, observed])
  expect(observed).toEqual(outcomes.map(o => [o.rule.id, o.observed]))
  const told = outcomes.filter(o => !isAboutDataset(o.rule))
  for (const { rule, violated } of told) expect([rule.id, ids[rule.id]]).toEqual([rule.id, violated])
  // By _id, then in the contract's order.
  const wanted = docs.flatMap(({ _id }) => told.filter(o => o.violated.includes(_id)).map(o => `${_id} ${o.rule.id}`))
  expect(violations.map(found => `${found._id} ${found.rule}`)).toEqual(wanted)
  for (const { _id, rule, value } of violations) {
    const elements = told.find(o => o.rule.id === rule)?.told?.get(_id)
    if (elements !== undefined) expect([_id, rule, value]).toEqual([_id, rule, elements])
  }
  const failing = (severities: readonly Severity[]) =>
    new Set(told.filter(o => severities.includes(o.rule.severity)).flatMap(o => o.violated)).size
  expect(result.failingDocuments).toEqual({ error: failing(['error']), any: failing(['error', 'warning', 'info']) })

  for (const [index, { _id }] of docs.entries()) {
    for (const { name } of COLUMNS) {
      const first = told.find(o => o.violated.includes(_id) && paths(o.rule).some(path => path[0] === name))
      expect(states[index]?.[`${name}_status`]).toBe(first?.rule.message ?? 'OK')
    }
  }
  const pointsAway = list.some(rule => rule.kind === 'foreignKey' && rule.dataset === OTHER_DATASET)
  const looksBack = world.previous !== undefined && list.some(rule => rule.kind === 'rowCountChange')
  expect(result.references ?? []).toEqual([
    ...(pointsAway ? [{ dataset: OTHER_DATASET, runId: RUN_ID }] : []),
    ...(looksBack ? [{ dataset: 'papers', runId: PREVIOUS }] : []),
  ])
}

const PREVIOUS = '20260101T030405.678Z-0a1b2c'

type Split = <T>(list: readonly T[]) => readonly (readonly T[])[]

const property = (make: (folder: string, docs: readonly Document[], split: Split) => Promise<MadeRun>) =>
  fc.asyncProperty(
    arbitraryDocuments,
    arbitraryOthers,
    arbitraryRules,
    fc.integer({ min: 1, max: 3 }),
    fc.option(fc.nat(20), { nil: undefined }),
    async (docs, others, list, parts, previous) => {
      const folder = await mkdtemp(join(tmpdir(), 'lf-reference-'))
      const split: Split = all =>
        Array.from({ length: parts }, (_, part) => all.filter((_, index) => index % parts === part))
      const made = await make(folder, docs, split)
      const otherRows = others.map(document => rowOf(document, OTHER_COLUMNS))
      const other = await makeRun(folder, OTHER_COLUMNS, [otherRows], OTHER_DATASET)
      const before: Manifest = {
        ...made.manifest,
        runId: PREVIOUS,
        documents: (previous ?? 0) + 2,
        rejects: { documents: 2, keys: [] },
      }
      const world: World = {
        dataset: 'papers',
        columns: COLUMNS,
        documents: docs,
        others: { [OTHER_DATASET]: { columns: OTHER_COLUMNS, documents: others } },
        previous,
        startedAt: new Date(STARTED_AT),
      }
      const checked = validateMade(folder, contractOf(COLUMNS, list), made, {
        references: [{ dataset: OTHER_DATASET, manifest: other.manifest }],
        ...(previous === undefined ? {} : { previous: before }),
      })
      await compare(world, list, checked)
    },
  )

describe('every rule means on the engine what it means in a loop over the documents', () => {
  it('with rows written by the engine itself', async () => {
    const run = property((folder, docs, split) =>
      makeRun(folder, COLUMNS, split(docs.map(document => rowOf(document, COLUMNS)))),
    )
    await fc.assert(run, { numRuns: RUNS })
  }, 240_000)

  it('with BSON documents, as an export writes them', async () => {
    const run = property((folder, docs, split) =>
      putParts(folder, COLUMNS, split(docs), async (part, path) => {
        await writeFile(path, partOf(part, { columns: COLUMNS, createdBy: 'test' }))
      }),
    )
    await fc.assert(run, { numRuns: RUNS })
  }, 240_000)
})

/** More of them where there is time: `LAKEFERRY_TEST_RUNS=500`. */
const RUNS = Number(process.env['LAKEFERRY_TEST_RUNS'] ?? 20)

function isAboutDataset({ kind }: Rule): boolean {
  return (DATASET_KINDS as readonly string[]).includes(kind)
}

function paths(of: Rule): readonly ColumnPath[] {
  return 'column' in of ? [of.column] : 'columns' in of ? of.columns : []
}
