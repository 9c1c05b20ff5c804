import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ObjectId } from 'bson'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadContract } from '../../src/contract/load.js'
import type { Manifest } from '../../src/model/manifest.js'
import { openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { validateRun } from '../../src/validate/validate-run.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import {
  linesOf,
  NO_REAL_PAPERS,
  realCommentFiles,
  realPaperFiles,
  writeDriftingPapers,
} from '../integration/papers-input.js'
import { type MadeRun, makeRun, putParts } from '../validate/made-run.js'
import { column, contractOf, rule, tickingClock } from '../validate/validate-rows.js'
import { type InFolder, sameOnBoth } from './both-engines.js'
import { describeSpark } from './each-spark.js'
import { EMPTY, KEYS, PEOPLE } from './suites/keys.js'
import { NASTIES, type Nasty } from './suites/nasty.js'

const CONTRACTS = fileURLToPath(new URL('../contracts/', import.meta.url))

describeSpark('one contract, two engines', spark => {
  let folder: string
  beforeEach(async () => {
    // Signs that a path may have and a pattern of paths would read.
    folder = await mkdtemp(join(tmpdir(), 'lf same [a] %41 {b,c}-'))
  })
  afterEach(async () => rm(folder, { recursive: true, force: true }))

  const contract = (nasty: Nasty) => contractOf(nasty.columns, nasty.rules, nasty.keys ?? [])
  const made = (nasty: Omit<Nasty, 'rules'>, dataset?: string): Promise<MadeRun> =>
    makeRun(folder, nasty.columns, nasty.parts, dataset)

  async function withOthers(nasty: Nasty): Promise<InFolder> {
    const people = await made(PEOPLE, 'people')
    const run = await made(nasty)
    const previous: Manifest = { ...run.manifest, runId: '20260101T030405.678Z-0a1b2c', documents: 5 }
    return { ...run, folder, references: [{ dataset: 'people', manifest: people.manifest }], previous }
  }

  it.each(NASTIES.map(nasty => [nasty.what, nasty] as const))(
    '%s',
    async (_, nasty) => {
      const result = await sameOnBoth(spark.session, { ...(await made(nasty)), folder }, contract(nasty))
      // Rules that nothing violates, or everything, would compare little.
      const telling = result.rules.filter(({ checked, violated }) => violated > 0 && violated < checked)
      expect(telling.length / result.rules.length).toBeGreaterThan(0.7)
    },
    300_000,
  )

  it(`${KEYS.what}`, async () => {
    const result = await sameOnBoth(spark.session, await withOthers(KEYS), contract(KEYS))
    expect(result.rules.map(({ violated }) => violated)).not.toContain(undefined)
    expect(result.rules.filter(({ violated }) => violated > 0).length).toBeGreaterThan(15)
  }, 300_000)

  it.each(EMPTY.map(nasty => [nasty.what, nasty] as const))(
    '%s',
    async (_, nasty) => {
      const result = await sameOnBoth(spark.session, await withOthers(nasty), contract(nasty))
      expect(result.documents).toBe(nasty.parts.flat().length)
    },
    300_000,
  )

  it.for(['papers', 'comments'])('%s, real ones where they are', { timeout: 300_000 }, async (name, context) => {
    const files =
      name === 'papers'
        ? (realPaperFiles() ?? (await writeDriftingPapers(join(folder, 'papers.jsonl'), 3_000)))
        : (realCommentFiles() ?? context.skip(NO_REAL_PAPERS))
    const contract = await loadContract(join(CONTRACTS, `${name}.odcs.yaml`))
    const documents = linesOf(files).map((fields, index) => ({
      _id: new ObjectId(index.toString(16).padStart(24, '0')),
      ...fields,
    }))
    const half = documents.length >> 1
    const parts = [documents.slice(half), documents.slice(0, half)]
    const made = await putParts(folder, contract.columns, parts, async (part, path) => {
      await writeFile(path, partOf(part, { columns: contract.columns, createdBy: 'test' }))
    })
    const result = await sameOnBoth(spark.session, { ...made, folder }, contract)
    expect(result.documents).toBe(documents.length)
    expect(result.violations.count).toBeGreaterThan(name === 'papers' ? 100 : 0)
  })

  async function onSpark(run: MadeRun, text = 'x = x'): Promise<unknown> {
    const engine = openBatchEngine({ lake: run.lake, runner: spark.session.runner(folder) })
    const columns = [column('x', 'string')]
    const rules = [rule({ kind: 'condition', columns: [], sql: { spark: text, duckdb: text } })]
    const request = { manifest: run.manifest, contract: contractOf(columns, rules), tool: 't' }
    return validateRun({ lake: run.lake, engine, clock: tickingClock() }, request).catch(error => error)
  }
  const one = () => makeRun(folder, [column('x', 'string')], [[{ _id: 'a', x: 'a' }], [{ _id: 'b', x: 'b' }]])

  it('a part that is not what the manifest says is told by its key, whatever it is asked', async () => {
    const run = await one()
    const [first, second] = run.manifest.parts
    const path = join(folder, second!.key)
    const bytes = await readFile(path)
    const damaged = { code: 'LAKE_OBJECT_DAMAGED', details: { key: second!.key } }

    const flipped = Buffer.from(bytes)
    flipped[10]! ^= 1
    await writeFile(path, flipped)
    expect(await onSpark(run)).toMatchObject(damaged)
    await truncate(path, bytes.length - 1)
    expect(await onSpark(run)).toMatchObject(damaged)
    await rm(path)
    expect(await onSpark(run)).toMatchObject({ code: 'LAKE_OBJECT_MISSING', details: { key: second!.key } })
    expect(first!.key).not.toBe(second!.key)
  }, 300_000)

  it('SQL that Spark cannot read is an error with the rule in it, and never a verdict', async () => {
    const run = await one()
    for (const text of ['no_such_column > 1', 'count(*) > 1', 'x ===', 'CAST(x AS INT) = 1'])
      expect(await onSpark(run, text), text).toMatchObject({
        code: expect.stringMatching(/RULE_CANNOT_RUN|ENGINE_FAILED/),
      })
  }, 300_000)
})
