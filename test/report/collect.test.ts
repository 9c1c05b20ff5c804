import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { Violation } from '../../src/model/result.js'
import { newRunId, type RunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { collectReportInput, HISTORY_RUNS } from '../../src/report/collect.js'
import { renderHtml } from '../../src/report/html.js'
import { renderJson } from '../../src/report/json.js'
import { renderJunit } from '../../src/report/junit.js'
import { renderMarkdown } from '../../src/report/markdown.js'
import { writeReports } from '../../src/report/write-report.js'
import { goldenInput } from './golden-inputs.js'

const golden = goldenInput('failing')
const { runId } = golden.result
const options = { dataset: 'papers', runId, generatedBy: 'lakeferry 0.1.0' }
const night = (n: number): RunId => newRunId(new Date(Date.UTC(2026, 9, 1 + n)), '00000a')

let folder: string
let lake: ObjectStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-report-'))
  lake = openFsStore({ root: folder })
})
afterEach(async () => {
  await lake.close()
  await rm(folder, { recursive: true, force: true })
})

/** A validated run on the lake, as export and validate leave it. */
async function putRun(id: RunId, parts: { violations?: readonly Violation[]; manifest?: boolean } = {}): Promise<void> {
  const key = lakeKey.report('papers', id, 'violations/part-00000.ndjson.gz')
  const lines = (parts.violations ?? []).map(violation => `${JSON.stringify(violation)}\n`).join('')
  await lake.put(key, gzipSync(lines))
  const violations = { count: parts.violations?.length ?? 0, keys: [key] }
  await lake.put(lakeKey.report('papers', id, 'result.json'), encodeJson({ ...golden.result, runId: id, violations }))
  await lake.put(lakeKey.report('papers', id, 'execution.json'), encodeJson(golden.execution))
  if (parts.manifest !== false)
    await lake.put(lakeKey.manifest('papers', id), encodeJson({ ...golden.manifest, runId: id }))
}

const violation = (n: number, rule: string, value: string | null = null): Violation => ({
  _id: String(n).padStart(6, '0'),
  rule,
  column: 'title',
  value,
  reason: 'r',
})

describe('collecting a report', () => {
  it('takes manifest, result, execution and the first violations of each rule', async () => {
    const many = Array.from({ length: 31 }, (_, n) => violation(n, 'title.required'))
    await putRun(runId, {
      violations: [...many, violation(90, 'authors.notEmpty', '"a\u2028b"'), violation(91, 'year.type')],
    })
    const input = await collectReportInput({ lake }, { ...options, samplesPerRule: 2 })
    expect(input.manifest).toEqual(golden.manifest)
    expect(input.execution).toEqual(golden.execution)
    expect(input.samples.map(sample => [sample._id, sample.rule])).toEqual([
      ['000000', 'title.required'],
      ['000001', 'title.required'],
      ['000090', 'authors.notEmpty'],
      ['000091', 'year.type'],
    ])
    // U+2028 is no end of a line in JSON text.
    expect(input.samples[2]?.value).toBe('"a\u2028b"')
    expect(input).toMatchObject({
      history: [],
      unreadableHistory: [],
      contractNotes: {},
      generatedBy: 'lakeferry 0.1.0',
    })
  })

  it('has the newest earlier runs as history, oldest first, and no later one', async () => {
    await putRun(runId)
    for (let n = 0; n < HISTORY_RUNS + 3; n++) await putRun(night(n))
    await putRun(newRunId(new Date('2026-12-24T00:00:00Z'), '00000a'))
    await lake.put('validation-reports/papers/run=not-a-run/result.json', encodeJson({}))
    const { history } = await collectReportInput({ lake }, options)
    expect(history.map(point => point.runId)).toEqual(Array.from({ length: HISTORY_RUNS }, (_, n) => night(n + 3)))
    expect(history[0]).toEqual({
      runId: night(3),
      documents: 1_200,
      bytes: 3_770_000,
      status: 'fail',
      failingDocuments: { error: 43, any: 98 },
      ruleViolated: Object.fromEntries(golden.result.rules.map(rule => [rule.id, rule.violated])),
      contractFingerprint: golden.result.contract.fingerprint,
    })
  })

  it('keeps earlier runs whose data are gone, passes over those never validated, and names the unreadable', async () => {
    await putRun(runId)
    await putRun(night(1), { manifest: false })
    await lake.put(lakeKey.report('papers', night(2), 'result.json'), new TextEncoder().encode('{"half'))
    await lake.put(lakeKey.report('papers', night(3), 'violations/part-00000.ndjson.gz'), new Uint8Array())
    const input = await collectReportInput({ lake }, options)
    expect(input.history.map(point => [point.runId, point.bytes])).toEqual([[night(1), undefined]])
    expect(input.unreadableHistory).toEqual([night(2)])
    expect(renderHtml(input)).toContain(night(2))
  })

  it('takes notes only from the contract the run was held to', async () => {
    await putRun(runId)
    const contract = {
      name: 'Papers',
      notes: { authors: 'Empty at first.' },
      fingerprint: golden.result.contract.fingerprint,
    }
    expect(await collectReportInput({ lake }, { ...options, contract })).toMatchObject({
      contractName: 'Papers',
      contractNotes: contract.notes,
    })
    const changed = await collectReportInput({ lake }, { ...options, contract: { ...contract, fingerprint: 'other' } })
    expect(changed.contractNotes).toEqual({})
    expect(changed).not.toHaveProperty('contractName')
  })

  it('says what is missing: the run, or its validation', async () => {
    await expect(collectReportInput({ lake }, options)).rejects.toMatchObject({ code: 'RUN_MISSING' })
    await lake.put(lakeKey.manifest('papers', runId), encodeJson(golden.manifest))
    await expect(collectReportInput({ lake }, options)).rejects.toMatchObject({ code: 'RESULT_NONE' })
  })

  it.each([
    ['a line that is not JSON', gzipSync('{"_id":\n')],
    ['more lines than the result tells', gzipSync('{"_id":"a","rule":"x"}\n')],
    ['a cut file', gzipSync('{"_id":"a","rule":"x"}\n'.repeat(9)).subarray(0, 20)],
    ['no gzip at all', new TextEncoder().encode('{"_id":"a","rule":"x"}\n')],
  ])('refuses violations with %s', async (_, body) => {
    await putRun(runId)
    const key = lakeKey.report('papers', runId, 'violations/part-00000.ndjson.gz')
    await lake.put(key, body)
    await expect(collectReportInput({ lake }, options)).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      message: expect.stringContaining(key),
    })
  })
})

describe('writing the reports', () => {
  it('puts all of them beside the result, and the same bytes when done again', async () => {
    const read = async (key: string): Promise<string> => new TextDecoder().decode((await lake.get(key))?.body)
    const keys = await writeReports({ lake }, golden)
    expect(keys).toEqual({
      html: `validation-reports/papers/run=${runId}/report.html`,
      junit: `validation-reports/papers/run=${runId}/junit.xml`,
      markdown: `validation-reports/papers/run=${runId}/report.md`,
    })
    const texts = await Promise.all([keys.html, keys.junit, keys.markdown].map(read))
    expect(texts).toEqual([renderHtml(golden), renderJunit(golden), renderMarkdown(golden)])
    await writeReports({ lake }, golden)
    expect(await Promise.all([keys.html, keys.junit, keys.markdown].map(read))).toEqual(texts)
  })

  it('gives as JSON the bytes that are on the lake', async () => {
    await putRun(runId)
    const { result } = await collectReportInput({ lake }, options)
    const stored = await lake.get(lakeKey.report('papers', runId, 'result.json'))
    expect(renderJson({ result })).toBe(new TextDecoder().decode(stored?.body))
  })
})
