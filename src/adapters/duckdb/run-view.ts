import type { DuckDBConnection } from '@duckdb/node-api'
import { duckdbName } from '../../model/duckdb-text.js'
import type { Manifest, Part } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { localParts } from './part-files.js'
import { emptySelect, partsSelect } from './relation.js'

/** Makes a view with the columns of a run and without a row: enough to understand a statement by. */
export async function defineEmptyView(
  connection: DuckDBConnection,
  name: string,
  { columns }: Manifest,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE VIEW ${duckdbName(name)} AS ${emptySelect(columns)}`)
}

export interface RunViewRequest {
  readonly name: string
  readonly manifest: Manifest
  /** Parquet parts of the run. */
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
  { name, manifest, parts, folder, virtual, signal }: RunViewRequest,
): Promise<void> {
  const files = await localParts(lake, { ...manifest, parts }, folder, signal)
  const select = await partsSelect(connection, lake, files, manifest.columns, virtual)
  await connection.run(`CREATE OR REPLACE VIEW ${duckdbName(name)} AS ${select}`)
}
