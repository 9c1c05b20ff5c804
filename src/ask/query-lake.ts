import { closest, distance } from 'fastest-levenshtein'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Manifest } from '../model/manifest.js'
import type { Answer, LakeQuery, RunRelation } from '../ports/lake-query.js'
import type { ObjectStore } from '../ports/object-store.js'
import { chooseRun, LATEST } from './choose-run.js'

export interface QueryLakeRequest {
  readonly sql: string
  /** Names of the configuration's datasets; those that only the lake has are found there. */
  readonly datasets: readonly string[]
  /** Which run: of each dataset, or of one by its name; `latest`, `previous` or an id. */
  readonly runs: RunChoices
  readonly signal?: AbortSignal
}

export interface RunChoices {
  readonly all?: string
  readonly byDataset: ReadonlyMap<string, string>
}

export interface LakeAnswer extends Answer {
  /** What was asked: the datasets that the statement mentions, each with its run. */
  readonly asked: readonly { readonly dataset: string; readonly runId: string }[]
}

/** A dataset, or one at a run: `papers@previous`. */
const AT_RUN = /^([^@]+)@(.+)$/s

/**
 * Asks committed runs by the names of their datasets. Only what the statement mentions is fetched. A name may say the
 * run: `"papers@previous"`, so that two runs can be asked in one statement.
 *
 * @throws {@link LakeferryError} `QUERY_INVALID`, `QUERY_TABLE_UNKNOWN`, `RUN_NONE`, `RUN_MISSING`, `RUN_NO_PARQUET` and what
 * {@link LakeQuery.ask} throws
 */
export async function queryLake(
  { lake, database }: { readonly lake: ObjectStore; readonly database: LakeQuery },
  { sql, datasets, runs, signal }: QueryLakeRequest,
): Promise<LakeAnswer> {
  const mentioned = await database.tablesIn(sql)
  const onLake = await datasetsOnLake(lake, mentioned, datasets)
  const known = [...new Set([...datasets, ...onLake])]
  for (const dataset of runs.byDataset.keys()) {
    if (!known.includes(dataset)) throw new LakeferryError('DATASET_UNKNOWN', { dataset, known })
  }
  const relations: RunRelation[] = []
  for (const name of mentioned) {
    const found = findDataset(name, known)
    // The name of a WITH, or one of DuckDB's own; what is neither, DuckDB will say.
    if (found === undefined) continue
    const run = found.run ?? runs.byDataset.get(found.dataset) ?? runs.all ?? LATEST
    const relation = { name, manifest: requireParquet(await chooseRun(lake, found.dataset, run)) }
    requireOne(relations, relation)
    relations.push(relation)
  }
  const request = { sql, relations, known, ...(signal === undefined ? {} : { signal }) }
  const answer = await database.ask(request).catch((error: unknown) => {
    throw isLakeferryError(error, 'QUERY_TABLE_UNKNOWN') ? withNearest(error) : error
  })
  return { ...answer, asked: relations.map(({ manifest: { dataset, runId } }) => ({ dataset, runId })) }
}

/** Only looked for when the configuration does not know all that is mentioned: it takes a listing of the lake. */
async function datasetsOnLake(
  lake: ObjectStore,
  mentioned: readonly string[],
  configured: readonly string[],
): Promise<readonly string[]> {
  if (mentioned.every(name => findDataset(name, configured) !== undefined)) return []
  const names: string[] = []
  for await (const { key } of lake.list('', { delimiter: '/' })) {
    const name = key.slice(0, -1)
    if (key.endsWith('/') && /^[A-Za-z0-9]/.test(name) && name !== 'validation-reports') names.push(name)
  }
  return names
}

/** As SQL has names: letter case does not matter, unless there is one that is spelled just so. */
function findDataset(
  written: string,
  known: readonly string[],
): { readonly dataset: string; readonly run?: string } | undefined {
  const [, name = written, run] = AT_RUN.exec(written) ?? []
  const dataset = known.find(one => one === name) ?? known.find(one => one.toLowerCase() === name.toLowerCase())
  return dataset === undefined ? undefined : { dataset, ...(run === undefined ? {} : { run }) }
}

function requireParquet(manifest: Manifest): Manifest {
  const { dataset, runId, formats } = manifest
  if (formats.includes('parquet')) return manifest
  throw new LakeferryError('RUN_NO_PARQUET', { dataset, runId, formats, purpose: 'to query' })
}

/** DuckDB takes names that differ in letter case for one. */
function requireOne(relations: readonly RunRelation[], { name, manifest }: RunRelation): void {
  const other = relations.find(one => one.name.toLowerCase() === name.toLowerCase())
  if (other === undefined || other.manifest.dataset === manifest.dataset) return
  throw new LakeferryError('QUERY_INVALID', {
    reason: `${other.manifest.dataset} and ${manifest.dataset} differ in letter case only, and SQL cannot tell them apart`,
    next: 'Ask them one at a time.',
  })
}

/** Letters that may be wrong in a name for it still to be the one that was meant. */
const MOST_WRONG = 3

function withNearest(error: LakeferryError<'QUERY_TABLE_UNKNOWN'>): LakeferryError {
  const { table, known } = error.details
  const nearest = known.length === 0 ? undefined : closest(table.toLowerCase(), [...known])
  if (nearest === undefined || distance(table.toLowerCase(), nearest.toLowerCase()) > MOST_WRONG) return error
  return new LakeferryError('QUERY_TABLE_UNKNOWN', { table, known, nearest }, { cause: error })
}
