import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { type MadeRow, RUN_ID } from '../validate/made-run.js'
import { JudgedLake, REQUIRED_TITLE } from './judged-lake.js'

const GOOD: readonly MadeRow[] = [
  { _id: '1', title: 'a' },
  { _id: '2', title: 'b' },
]
const BAD: readonly MadeRow[] = [...GOOD, { _id: '3' }]
const ZERO_ALLOWED = '    quality:\n      - {metric: rowCount, mustBeGreaterOrEqualTo: 0}\n'

const lakes: JudgedLake[] = []
const made = async (...args: Parameters<typeof JudgedLake.make>): Promise<JudgedLake> => {
  const lake = await JudgedLake.make(...args)
  lakes.push(lake)
  return lake
}
afterEach(async () => {
  for (const lake of lakes.splice(0)) await lake.remove()
})

const rejecting = { documents: 3, rejects: { documents: 1, keys: ['papers/run=r/_rejects/part-00000.ndjson'] } }

describe('validate judges a run', () => {
  it.each<[string, readonly MadeRow[], object, number, number, string]>([
    ['good', GOOD, {}, 1, 0, 'good'],
    ['bad', BAD, {}, 1, 1, 'bad'],
    ['empty', [], {}, 1, 1, 'empty'],
    ['partial', GOOD, rejecting, 1, 1, 'partial'],
    ['stale', GOOD, {}, 27, 4, 'stale'],
    ['bad and stale', BAD, {}, 27, 1, 'bad'],
  ])('as %s, which its exit code says', async (_, rows, changes, hours, exitCode, outcome) => {
    const lake = await made(rows, { changes })
    expect(await lake.told(['validate'], hours)).toMatchObject({ exitCode, entry: { gate: { outcome } } })
  })

  it('and says to people what it found and what to do next', async () => {
    const lake = await made(GOOD, { changes: rejecting })
    const { stdout } = await lake.invoke(['validate'], 27)
    expect(stdout).toMatchInlineSnapshot(`
      "✗ papers keeps its contract, but is partial: All 2 documents keep every rule.
        2 rules kept
        partial: 1 of 3 documents was rejected at the export, so that only 2 were held to the rules
          next: papers/run=r/_rejects/part-00000.ndjson has their bytes and the reasons; mend them in the collection, or allow so many: datasets.papers.allowedRejects
        stale: its data are 1d 3h old, and monitor.freshness promises 26h
          next: lakeferry run papers, and see what keeps the schedule from it: lakeferry status papers
      "
    `)
  })

  it('by its age only where it is the newest: not one that --run names', async () => {
    const lake = await made(GOOD)
    expect(await lake.told(['validate', '--run', RUN_ID], 27)).toMatchObject({
      exitCode: 0,
      entry: { gate: { outcome: 'good', reasons: [] } },
    })
  })

  it('by the contract’s promise before the configuration’s', async () => {
    const lake = await made(GOOD)
    await lake.contract(REQUIRED_TITLE, 'slaProperties:\n  - {property: freshness, value: 2, unit: h}\n')
    expect((await lake.told(['validate'], 1)).exitCode).toBe(0)
    expect((await lake.told(['validate'], 3)).entry).toMatchObject({
      gate: { reasons: [{ reason: expect.stringContaining('the contract promises 2h') }] },
    })
  })

  it('with an error where its age cannot be told, since that is no pass', async () => {
    const lake = await made(GOOD)
    const { exitCode, entry } = await lake.told(['validate'], -5)
    expect(exitCode).toBe(2)
    expect(entry).toMatchObject({ status: 'pass', error: { code: 'RULE_CANNOT_RUN' } })
  })

  it('as good when the contract says that there may be no documents', async () => {
    const lake = await made([])
    await lake.contract(REQUIRED_TITLE, ZERO_ALLOWED)
    expect((await lake.told(['validate'])).exitCode).toBe(0)
  })

  it('as good when no more was rejected than may be', async () => {
    const lake = await made(GOOD, { changes: rejecting })
    await lake.configure(', allowedRejects: 1')
    expect((await lake.told(['validate'])).exitCode).toBe(0)
  })

  it('the same way in status and report', async () => {
    const lake = await made(GOOD, { changes: rejecting })
    await lake.invoke(['validate'])
    expect(await lake.told(['status'])).toMatchObject({ exitCode: 1, entry: { gate: { outcome: 'partial' } } })
    expect(await lake.told(['report'])).toMatchObject({ exitCode: 0, entry: { gate: { outcome: 'partial' } } })
    expect((await lake.invoke(['report', 'papers', '--format', 'junit'])).stdout).toContain('name="gate.partial"')
  })
})

describe('a check that could not run', () => {
  it('is an error and no verdict: a foreign key into a dataset without a run', async () => {
    const lake = await made(GOOD)
    const relation = '    relationships:\n      - {type: foreignKey, from: papers.title, to: people.name}\n'
    await lake.contract(REQUIRED_TITLE, relation)
    const { exitCode, entry } = await lake.told(['validate'])
    expect([exitCode, entry['status'], (entry['error'] as { code: string }).code]).toEqual([
      2,
      undefined,
      'RULE_CANNOT_RUN',
    ])
    expect(await lake.lake.get(lakeKey.report('papers', RUN_ID, 'result.json'))).toBeUndefined()
  })

  it('is an error: a manifest of a newer version', async () => {
    const lake = await made(GOOD)
    await lake.lake.put(lakeKey.manifest('papers', RUN_ID), encodeJson({ ...lake.manifest, version: 2 }))
    const { exitCode, entry } = await lake.told(['validate'])
    expect(exitCode).toBeGreaterThan(1)
    expect(entry['error']).toMatchObject({
      code: 'MANIFEST_INVALID',
      message: expect.stringContaining('version 2, wanted 1'),
    })
  })
})

describe('a verdict that is on the lake', () => {
  const keyOf = (name: string): string => lakeKey.report('papers', RUN_ID, name)

  it('is told again without an engine, and --again validates anew', async () => {
    const lake = await made(BAD)
    const first = await lake.told(['validate', '--rows'])
    // Without its parts no engine could say anything.
    const [part] = lake.manifest.parts
    const stored = await lake.lake.get(part!.key)
    await lake.lake.delete([part!.key])
    const second = await lake.told(['validate', '--rows'], 2)
    expect(second.exitCode).toBe(1)
    expect(second.entry).toEqual({ ...first.entry, reused: true, seconds: expect.any(Number) })
    expect((await lake.invoke(['validate'], 2)).stdout).toContain('validated before, 2 Jan 2026, 04:04:05 UTC; --again')
    expect((await lake.told(['validate', '--again'], 2)).entry['error']).toMatchObject({ code: 'LAKE_OBJECT_MISSING' })
    await lake.lake.put(part!.key, stored!.body)
    expect((await lake.told(['validate', '--again'], 2)).entry['reused']).toBe(false)
  })

  it.each<[string, (lake: JudgedLake) => Promise<unknown>]>([
    ['violations are missing', lake => lake.lake.delete([keyOf('violations/part-00000.ndjson.gz')])],
    ['rows are missing', lake => lake.lake.delete([keyOf('rows/part-00000.ndjson.gz')])],
    ['it is damaged', lake => lake.lake.put(keyOf('result.json'), gzipSync('x'))],
    ['its execution is gone', lake => lake.lake.delete([keyOf('execution.json')])],
    ['the contract is another text', lake => lake.contract(REQUIRED_TITLE, '# a word\n')],
  ])('is not trusted when %s: the run is validated again, and all is there', async (_, harm) => {
    const lake = await made(BAD)
    await lake.told(['validate', '--rows'])
    await harm(lake)
    expect((await lake.told(['validate', '--rows'])).entry['reused']).toBe(false)
    expect((await lake.told(['validate', '--rows'])).entry['reused']).toBe(true)
  })

  it('does for rows only if it had them', async () => {
    const lake = await made(BAD)
    await lake.told(['validate'])
    expect((await lake.told(['validate', '--rows'])).entry['reused']).toBe(false)
    expect((await lake.told(['validate'])).entry['reused']).toBe(true)
  })
})

describe('a run whose columns are not those of today’s contract', () => {
  const TODAY = '      - {name: title, logicalType: string}\n      - {name: year, logicalType: integer}'

  it('is held to the contract that it was exported with, when it is named', async () => {
    const lake = await made(BAD)
    const text = await lake.contract(REQUIRED_TITLE)
    const { createHash } = await import('node:crypto')
    const fingerprint = createHash('sha256').update(text).digest('hex')
    const contract = { id: 'urn:test:papers', version: '1.0.0', fingerprint }
    await lake.lake.put(lakeKey.manifest('papers', RUN_ID), encodeJson({ ...lake.manifest, contract }))
    await lake.contract(TODAY)
    const failing = async (...argv: string[]): Promise<unknown> =>
      (await lake.told(['validate', ...argv])).entry['error']
    // As long as none was kept.
    expect(await failing('--run', RUN_ID)).toMatchObject({ code: 'CONTRACT_SCHEMA_CHANGED' })
    await lake.lake.put(lakeKey.contract(fingerprint), new TextEncoder().encode(text))
    expect(await lake.told(['validate', '--run', RUN_ID])).toMatchObject({
      exitCode: 1,
      entry: { contract: { ...contract, kept: true }, rules: [{}, { id: 'title.required', violated: 1 }] },
    })
    expect((await lake.invoke(['validate', '--run', RUN_ID])).stdout).toContain(
      'the contract that the run was exported with',
    )
    // Who changes a contract wants to hear of it, and not of the old one.
    expect(await failing()).toMatchObject({ code: 'CONTRACT_SCHEMA_CHANGED' })
    await lake.lake.put(lakeKey.contract(fingerprint), new TextEncoder().encode(`${text}# changed\n`))
    expect(await failing('--run', RUN_ID, '--again')).toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
  })
})

describe('validate --profile', () => {
  it('compares, also when the verdict is on the lake already, and decides nothing', async () => {
    const lake = await made(GOOD)
    expect((await lake.told(['validate'])).entry['anomalies']).toBeNull()
    const { exitCode, entry } = await lake.told(['validate', '--profile'])
    expect(entry).toMatchObject({ reused: true, anomalies: { status: 'quiet', runs: 0, runsNeeded: 7, found: [] } })
    expect(exitCode).toBe(0)
    const again = await lake.told(['validate', '--profile', '--again'])
    expect(again.entry).toMatchObject({ reused: false, anomalies: { status: 'quiet' } })
  })
})
