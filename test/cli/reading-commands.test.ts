import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ResultStatus, ValidationResult } from '../../src/model/result.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { breakOff, commit, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let lake: ObjectStore
let cwd: string
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryLake()
  lake = temporary.lake
  cwd = join(temporary.root, '.lakeferry', 'work')
  await mkdir(cwd, { recursive: true })
  remove = temporary.remove
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:${temporary.root}"}\nmonitor: {freshness: 1h}\n` +
      'datasets:\n  papers: {collection: papers}\n  comments: {collection: comments}\n',
  )
})
afterEach(() => remove())

/** Runs begin `minute` minutes into 2026; it is 12:00 on 1 January when nothing else is said. */
const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 1, hour))
const call = (argv: string[], hour = 12): Promise<Invocation> => invoke(argv, { cwd, now: at(hour) })

async function judge(runId: string, status: ResultStatus, dataset = 'papers'): Promise<void> {
  const violated = status === 'pass' ? 0 : 2
  const rule = {
    id: 'title.required',
    kind: 'required',
    column: 'title',
    message: 'Missing title',
    threshold: 1,
    checked: 9,
    violated,
  }
  const severity = status === 'warn' ? 'warning' : 'error'
  const failingDocuments = { error: status === 'fail' ? 2 : 0, any: violated }
  const violations = lakeKey.report(dataset, runId, 'violations/part-00000.ndjson.gz')
  const line = (_id: string): string =>
    `${JSON.stringify({ _id, rule: 'title.required', column: 'title', value: null, reason: 'Missing title' })}\n`
  await lake.put(violations, gzipSync(line('a') + line('b')))
  const result = {
    version: 1,
    dataset,
    runId,
    contract: { id: 'c', version: '1.0.0', fingerprint: 'f' },
    status,
    documents: 9,
    failingDocuments,
    rules: [{ ...rule, severity, status: status === 'pass' ? 'pass' : 'fail' }],
    violations: { count: violated, keys: violated === 0 ? [] : [violations] },
  } as ValidationResult
  const execution = {
    version: 1,
    engine: 'duckdb',
    engineVersion: '1',
    tool: 'lakeferry 0',
    startedAt: '2026-01-01T00:00:00.000Z',
    seconds: 1,
    host: 'h',
  }
  await lake.put(lakeKey.report(dataset, runId, 'result.json'), encodeJson(result))
  await lake.put(lakeKey.report(dataset, runId, 'execution.json'), encodeJson(execution))
}

describe('runs', () => {
  it('lists committed, broken-off, damaged and judged runs, newest first', async () => {
    await commit(lake, runAt(1), { documents: 9 })
    await judge(runAt(1), 'fail')
    await breakOff(lake, runAt(2))
    await lake.put(lakeKey.manifest('papers', runAt(3)), new TextEncoder().encode('{}'))
    await commit(lake, runAt(4))
    await lake.put(lakeKey.report('papers', runAt(4), 'result.json'), new TextEncoder().encode('{}'))
    const { exitCode, stdout } = await call(['runs'])
    expect(exitCode).toBe(0)
    expect(stdout.replaceAll(/\S*lakeferry-lake-\w+/g, 'LAKE')).toMatchInlineSnapshot(`
      "papers
        20260101T000400.000Z-aaaaaa  validation-reports/papers/run=20260101T000400.000Z-aaaaaa/result.json on LAKE is not what was written: wanted a result of version 1, got version undefined
        20260101T000300.000Z-aaaaaa  papers/run=20260101T000300.000Z-aaaaaa/_manifest.json is no manifest that this version reads: version undefined, wanted 1
        20260101T000200.000Z-aaaaaa  not committed
        20260101T000100.000Z-aaaaaa  1 Jan 2026, 00:01:00 UTC  9 documents  0 B  parquet  fail
      comments
        no runs yet; lakeferry export comments
      "
    `)

    const invocation = await call(['runs', '--json'])
    expect(differences(jsonOf(invocation), documentedShape('runs'))).toEqual([])
    expect(jsonOf(await call(['runs', 'papers', '--limit', '1', '--json']))).toMatchObject({
      datasets: [{ runs: [{ runId: runAt(4) }] }],
    })
  })
})

describe('status', () => {
  const states = async (): Promise<unknown> => {
    const invocation = await call(['status', '--json'])
    expect(differences(jsonOf(invocation), documentedShape('status'))).toEqual([])
    return [invocation.exitCode, ...(jsonOf(invocation)['datasets'] as { state: string }[]).map(({ state }) => state)]
  }

  it('exits with 4 while something was never exported, or is stale', async () => {
    expect(await states()).toEqual([4, 'none', 'none'])
    await commit(lake, runAt(11 * 60))
    await commit(lake, runAt(10 * 60 + 59), { dataset: 'comments' })
    expect(await states()).toEqual([4, 'fresh', 'stale'])
  })

  it('exits with 0 when all is fresh and kept, 1 when fresh data break their contract', async () => {
    await commit(lake, runAt(11 * 60), { documents: 9 })
    await commit(lake, runAt(11 * 60), { documents: 9, dataset: 'comments' })
    expect(await states()).toEqual([0, 'fresh', 'fresh'])
    await judge(runAt(11 * 60), 'warn')
    expect(await states()).toEqual([0, 'fresh', 'fresh'])
    await judge(runAt(11 * 60), 'fail', 'comments')
    expect(await states()).toEqual([1, 'fresh', 'fresh'])
  })

  it('exits with 3 when it cannot tell, which comes before anything else', async () => {
    await lake.put(lakeKey.manifest('papers', runAt(1)), new TextEncoder().encode('{}'))
    expect(await states()).toEqual([3, 'unknown', 'none'])
    await commit(lake, runAt(11 * 60))
    await lake.put(lakeKey.report('papers', runAt(11 * 60), 'result.json'), new TextEncoder().encode('{}'))
    expect(await states()).toEqual([3, 'unknown', 'none'])
  })

  it('says for people what it found', async () => {
    await commit(lake, runAt(11 * 60), { documents: 20_000 })
    await judge(runAt(11 * 60), 'fail')
    await lake.put(
      lakeKey.claim('papers', runAt(11 * 60 + 5)),
      encodeJson({ at: '2026-01-01T11:05:00.000Z', by: 'host, process 7' }),
    )
    const json = jsonOf(await call(['status', '--json']))
    expect(differences(json, documentedShape('status'))).toEqual([])
    expect((await call(['status'])).stdout).toMatchInlineSnapshot(`
      "papers    fresh          1 h 0 min old, 1h promised by monitor.freshness  20,000 documents  breaks its contract  20260101T110000.000Z-aaaaaa
                unfinished     run 20260101T110500.000Z-aaaaaa, begun 2026-01-01T11:05:00.000Z by host, process 7: broken off; lakeferry export papers --resume finishes it, lakeferry gc removes it
      comments  no export yet  1h promised by monitor.freshness
      "
    `)
  })
})

describe('report', () => {
  beforeEach(async () => {
    await commit(lake, runAt(1), { documents: 9 })
    await judge(runAt(1), 'fail')
  })

  it('shows the verdict of the newest run', async () => {
    const { exitCode, stdout, stderr } = await call(['report', 'papers'])
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('title.required')
  })

  it('prints any format, and JSON as it is on the lake', async () => {
    for (const [format, wanted] of [
      ['html', /^<!doctype html>/i],
      ['junit', /<testsuite/],
      ['md', /title\.required/],
    ] as const) {
      expect((await call(['report', 'papers', '--format', format])).stdout).toMatch(wanted)
    }
    const stored = await lake.get(lakeKey.report('papers', runAt(1), 'result.json'))
    expect((await call(['report', 'papers', '--format', 'json'])).stdout).toBe(new TextDecoder().decode(stored?.body))
  })

  it('writes a file, whose ending tells the format', async () => {
    const { stdout } = await call(['report', 'papers', '--output', 'out.md'])
    expect(stdout).toBe(`papers: md report on run ${runAt(1)} written to out.md\n`)
    expect(await readFile(join(cwd, 'out.md'), 'utf8')).toContain('title.required')
    await rm(join(cwd, 'out.md'))
    expect(await call(['report', 'papers', '--output', 'out.pdf'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('says nothing about the format'),
    })
    expect(await call(['report', 'papers', '--output', 'no/such/folder/out.md'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('cannot write'),
    })
  })

  it('has its documented JSON, with the report inside when it goes nowhere else', async () => {
    for (const argv of [[], ['--format', 'md'], ['--output', 'x.html']]) {
      const invocation = await call(['report', 'papers', '--json', ...argv])
      expect(differences(jsonOf(invocation), documentedShape('report'))).toEqual([])
    }
    expect(jsonOf(await call(['report', 'papers', '--json', '--format', 'md']))).toMatchObject({
      datasets: [{ content: expect.stringContaining('title.required'), output: null }],
    })
  })

  it('tells an unknown, an unvalidated and a missing run apart', async () => {
    await commit(lake, runAt(2))
    expect((await call(['report', 'papers'])).stderr).toContain('RESULT_NONE')
    expect((await call(['report', 'papers', '--run', runAt(9)])).stderr).toContain('RUN_MISSING')
    expect((await call(['report', 'papers', '--run', 'latest'])).stderr).toContain('RUN_ID_INVALID')
    expect((await call(['report', 'comments'])).stderr).toContain('RUN_NONE')
  })
})
