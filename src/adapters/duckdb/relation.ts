import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../model/column.js'
import { duckdbName, duckdbText } from '../../model/duckdb-text.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { damagedPart, type PartFile } from './part-files.js'
import { duckdbTypeText, partColumns, sqlType } from './sql-type.js'

/**
 * Makes a relation of the parts, for this connection alone. See {@link partsSelect}.
 *
 * @throws `LAKE_OBJECT_DAMAGED`
 */
export async function defineRelation(
  connection: DuckDBConnection,
  lake: ObjectStore,
  files: readonly PartFile[],
  columns: readonly Column[],
  name: string,
): Promise<void> {
  const select = await partsSelect(connection, lake, files, columns)
  await connection.run(`CREATE OR REPLACE TEMP VIEW ${duckdbName(name)} AS ${select}`)
}

/**
 * A SELECT of the parts, without a cast: a part whose columns, types or number of documents are not the manifest's is
 * refused, since DuckDB would quietly fit the others to the first.
 *
 * @param virtual - columns that DuckDB has beside those of the files, whole numbers: `file_index`
 * @throws `LAKE_OBJECT_DAMAGED`
 */
export async function partsSelect(
  connection: DuckDBConnection,
  lake: ObjectStore,
  files: readonly PartFile[],
  columns: readonly Column[],
  virtual: readonly string[] = [],
): Promise<string> {
  for (const file of files) await requirePart(connection, lake, file, columns)
  if (files.length === 0) return emptySelect(columns, virtual)
  const list = [...partColumns(columns).map(column => duckdbName(column.name)), ...virtual]
  const paths = files.map(({ path }) => duckdbText(path))
  // The path has run=… in it, which is no column.
  const from = `read_parquet([${paths.join(', ')}], hive_partitioning = false, union_by_name = false)`
  return `SELECT ${list.join(', ')} FROM ${from}`
}

/** The same columns and types, and no row. */
export function emptySelect(columns: readonly Column[], virtual: readonly string[] = []): string {
  const typed = [
    ...partColumns(columns).map(({ name, type }) => ({ name: duckdbName(name), type: sqlType(type) })),
    ...virtual.map(name => ({ name, type: 'BIGINT' })),
  ]
  return `SELECT ${typed.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${name}`).join(', ')} WHERE FALSE`
}

/** @throws `LAKE_OBJECT_DAMAGED` unless the part has just these columns, with these types, and its number of documents */
async function requirePart(
  connection: DuckDBConnection,
  lake: ObjectStore,
  { part, path }: PartFile,
  columns: readonly Column[],
): Promise<void> {
  const literal = duckdbText(path)
  const head = await connection.run(`SELECT * FROM read_parquet(${literal}, hive_partitioning = false) LIMIT 0`)
  const got = head.columnNames().map((name, index) => `${duckdbName(name)} ${duckdbTypeText(head.columnType(index))}`)
  const wanted = partColumns(columns).map(({ name, type }) => `${duckdbName(name)} ${sqlType(type)}`)
  const wrong = wanted.findIndex((column, index) => column !== got[index])
  if (wrong >= 0) throw damagedPart(lake, part, `column ${wanted[wrong]}`, got[wrong] ?? 'none')
  if (got.length > wanted.length)
    throw damagedPart(lake, part, `${wanted.length} columns`, `also ${got[wanted.length]}`)

  const metadata = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${literal})`)
  const documents = Number(metadata.getRows()[0]?.[0])
  if (documents !== part.documents) throw damagedPart(lake, part, `${part.documents} documents`, `${documents}`)
}
