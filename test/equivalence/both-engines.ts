import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import type { Contract } from '../../src/model/contract.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ValidationResult } from '../../src/model/result.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { QueryEngine } from '../../src/ports/query-engine.js'
import { openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { type ValidateRequest, validateRun } from '../../src/validate/validate-run.js'
import { tickingClock } from '../validate/validate-rows.js'
import type { SparkSession } from './spark-session.js'

/** Everything that a validation wrote about a run but for `execution.json`, by its name. */
export type Report = ReadonlyMap<string, Buffer>

/** A lake in a folder with a committed run. */
export interface InFolder {
  readonly folder: string
  readonly lake: ObjectStore
  readonly manifest: Manifest
  /** As in a request: the runs that foreign keys point into, and the one before. */
  readonly references?: ValidateRequest['references']
  readonly previous?: Manifest
}

/**
 * Validates a run on both engines and compares what they wrote, byte for byte.
 *
 * @returns the result that they agree on
 */
export async function sameOnBoth(session: SparkSession, made: InFolder, contract: Contract): Promise<ValidationResult> {
  const { lake, folder } = made
  const duckdb = await reportOf(made, contract, await openDuckDb({ lake, threads: 2 }))
  const spark = await reportOf(made, contract, openBatchEngine({ lake, runner: session.runner(folder) }))
  expect([...spark.keys()]).toEqual([...duckdb.keys()])
  for (const [name, bytes] of duckdb) {
    const other = spark.get(name)!
    if (bytes.equals(other)) continue
    // By their texts first, which show what differs.
    expect(textOf(name, other), name).toBe(textOf(name, bytes))
    expect(other.equals(bytes), `${name}: the same text in other bytes`).toBe(true)
  }
  return JSON.parse(duckdb.get('result.json')!.toString('utf8'))
}

async function reportOf(made: InFolder, contract: Contract, engine: QueryEngine): Promise<Report> {
  const { lake, manifest, references, previous } = made
  const others = { ...(references ? { references } : {}), ...(previous ? { previous } : {}) }
  try {
    const services = { lake, engine, clock: tickingClock() }
    await validateRun(services, { manifest, contract, ...others, rows: true, host: 'h', tool: 't' })
  } finally {
    await engine.close()
  }
  const report = new Map<string, Buffer>()
  const prefix = lakeKey.report(manifest.dataset, manifest.runId, '')
  for await (const { key } of lake.list(prefix)) {
    const name = key.slice(prefix.length)
    if (name !== 'execution.json') report.set(name, Buffer.from((await lake.get(key))!.body))
  }
  return report
}

function textOf(name: string, bytes: Buffer): string {
  return name.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8')
}
