import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { compareWithHistory, profileRun } from '../../src/anomaly/profile-run.js'
import type { Anomalies } from '../../src/model/anomalies.js'
import type { Census } from '../../src/model/census.js'
import type { Column } from '../../src/model/column.js'
import type { Profile } from '../../src/model/profile.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type MadeRow, type MadeRun, makeRun } from '../validate/made-run.js'

/** Makes the profile of rows as an engine has it. */
export async function profileOf(
  folder: string,
  columns: readonly Column[],
  parts: readonly (readonly MadeRow[])[],
  changes: { readonly census?: Census } = {},
): Promise<Profile> {
  const made = await makeRun(folder, columns, parts)
  const engine = await openDuckDb({ lake: made.lake, threads: 2 })
  try {
    const profile = (await profileRun(engine, { ...made.manifest, ...changes })).profile()
    if (profile === undefined) throw new Error('no profile')
    return profile
  } finally {
    await engine.close()
  }
}

/** Profiles a run under an id of its own, and compares it with those before it on a lake of reports. */
export async function compareOn(reports: ObjectStore, { lake, manifest }: MadeRun, runId: string): Promise<Anomalies> {
  const engine = await openDuckDb({ lake, threads: 2 })
  try {
    const profile = (await profileRun(engine, manifest)).profile()
    if (profile === undefined) throw new Error('no profile')
    return await compareWithHistory(reports, { ...profile, runId })
  } finally {
    await engine.close()
  }
}
