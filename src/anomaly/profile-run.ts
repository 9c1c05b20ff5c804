import { readProfilesBefore } from '../catalog/read-profile.js'
import type { Anomalies } from '../model/anomalies.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import type { Profile } from '../model/profile.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine } from '../ports/query-engine.js'
import { putJson } from '../validate/report-folder.js'
import { detectAnomalies, RUNS_MOST } from './detect.js'
import { Profiling } from './profiling.js'

/**
 * Asks an engine for the profile of a run: for when there is nothing else to ask it in the same breath.
 *
 * @throws `ENGINE_FAILED` and what else the engine and the lake throw
 */
export async function profileRun(engine: QueryEngine, manifest: Manifest, signal?: AbortSignal): Promise<Profiling> {
  const profiling = new Profiling(manifest)
  await engine.run({
    manifest,
    columns: manifest.columns,
    statements: profiling.statements(engine.dialect),
    onPage: async (statement, rows) => profiling.take(statement, rows),
    ...(signal ? { signal } : {}),
  })
  return profiling
}

/** Puts `profile.json`, compares it with the runs before it, and puts `anomalies.json`: both beside the result. */
export async function compareWithHistory(lake: ObjectStore, profile: Profile): Promise<Anomalies> {
  const { dataset, runId } = profile
  const earlier = await readProfilesBefore(lake, dataset, runId, RUNS_MOST)
  const anomalies = detectAnomalies(profile, earlier)
  await putJson(lake, lakeKey.report(dataset, runId, 'profile.json'), profile)
  await putJson(lake, lakeKey.report(dataset, runId, 'anomalies.json'), anomalies)
  return anomalies
}
