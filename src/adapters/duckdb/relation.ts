import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../model/column.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { damagedPart, type PartFile } from './part-files.js'
import { duckdbTypeText, partColumns, quoted, sqlType } from './sql-type.js'

/**
 * Makes a relation of the parts, without a cast: a part whose columns, types or number of documents are not
 * the manifest's is refused, since DuckDB would quietly fit the others to the first.
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
  for (const file of files) await requirePart(connection, lake, file, columns)
  const wanted = partColumns(columns)
  const list =
    files.length === 0
      ? wanted.map(column => `CAST(NULL AS ${sqlType(column.type)}) AS ${quoted(column.name)}`)
      : wanted.map(column => quoted(column.name))
  // The path has run=… in it, which is no column.
  const from =
    files.length === 0
      ? 'WHERE FALSE'
      : `FROM read_parquet([${files.map(({ path }) => pathLiteral(path)).join(', ')}], hive_partitioning = false, union_by_name = false)`
  await connection.run(`CREATE OR REPLACE TEMP VIEW ${quoted(name)} AS SELECT ${list.join(', ')} ${from}`)
}

/** @throws `LAKE_OBJECT_DAMAGED` unless the part has just these columns, with these types, and its number of documents */
export async function requirePart(
  connection: DuckDBConnection,
  lake: ObjectStore,
  { part, path }: PartFile,
  columns: readonly Column[],
): Promise<void> {
  const literal = pathLiteral(path)
  const head = await connection.run(`SELECT * FROM read_parquet(${literal}, hive_partitioning = false) LIMIT 0`)
  const got = head.columnNames().map((name, index) => `${quoted(name)} ${duckdbTypeText(head.columnType(index))}`)
  const wanted = partColumns(columns).map(({ name, type }) => `${quoted(name)} ${sqlType(type)}`)
  const wrong = wanted.findIndex((column, index) => column !== got[index])
  if (wrong >= 0) throw damagedPart(lake, part, `column ${wanted[wrong]}`, got[wrong] ?? 'none')
  if (got.length > wanted.length)
    throw damagedPart(lake, part, `${wanted.length} columns`, `also ${got[wanted.length]}`)

  const metadata = await connection.runAndReadAll(`SELECT num_rows FROM parquet_file_metadata(${literal})`)
  const documents = Number(metadata.getRows()[0]?.[0])
  if (documents !== part.documents) throw damagedPart(lake, part, `${part.documents} documents`, `${documents}`)
}

export function pathLiteral(path: string): string {
  return `'${path.replaceAll("'", "''")}'`
}
