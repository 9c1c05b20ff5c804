import type { DuckDBConnection } from '@duckdb/node-api'
import type { Manifest, Part } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { localParts } from './part-files.js'
import { pathLiteral, requirePart } from './relation.js'
import { partColumns, quoted, sqlType } from './sql-type.js'

/** Makes a view with the columns of a run and without a row: enough to understand a statement by. */
export async function defineEmptyView(
  connection: DuckDBConnection,
  name: string,
  { columns }: Manifest,
): Promise<void> {
  const list = partColumns(columns).map(({ name, type }) => `CAST(NULL AS ${sqlType(type)}) AS ${quoted(name)}`)
  await connection.run(`CREATE OR REPLACE VIEW ${quoted(name)} AS SELECT ${list.join(', ')} WHERE FALSE`)
}

export interface RunViewRequest {
  readonly name: string
  readonly manifest: Manifest
  /** Parquet parts of the run, at least one. */
  readonly parts: readonly Part[]
  /** For downloaded parts; whoever removes it removes them. */
  readonly folder: string
  /** Columns that DuckDB has beside those of the files: `file_index`. */
  readonly virtual?: readonly string[]
  readonly signal?: AbortSignal
}

/**
 * Makes parts of a run a view, typed by the manifest without a cast.
 *
 * @throws `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`
 */
export async function defineRunView(
  connection: DuckDBConnection,
  lake: ObjectStore,
  { name, manifest, parts, folder, virtual = [], signal }: RunViewRequest,
): Promise<void> {
  const files = await localParts(lake, { ...manifest, parts }, folder, signal)
  for (const file of files) await requirePart(connection, lake, file, manifest.columns)
  const list = [...partColumns(manifest.columns).map(({ name }) => quoted(name)), ...virtual]
  const paths = files.map(({ path }) => pathLiteral(path))
  // The path has run=… in it, which is no column.
  const from = `read_parquet([${paths.join(', ')}], hive_partitioning = false, union_by_name = false)`
  await connection.run(`CREATE OR REPLACE VIEW ${quoted(name)} AS SELECT ${list.join(', ')} FROM ${from}`)
}

/** The Parquet parts of a run. */
export function parquetParts({ parts }: Manifest): readonly Part[] {
  return parts.filter(({ format }) => format === 'parquet')
}
