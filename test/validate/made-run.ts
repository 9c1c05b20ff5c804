import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import type { Column, ColumnType } from '../../src/model/column.js'
import { EMPTY_DIGEST } from '../../src/model/digest.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { Manifest, Part } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'

/** A row of a part as the exporter would have written it: what is left out is NULL. */
export type MadeRow = { readonly _id: string; readonly [column: string]: unknown }

export const RUN_ID = '20260102T030405.678Z-0a1b2c'
/** Of every made run. */
export const STARTED_AT = '2026-01-02T03:04:05.678Z'

export interface MadeRun {
  readonly lake: ObjectStore
  readonly manifest: Manifest
}

/**
 * Puts a run of Parquet parts into a lake in a folder, written by DuckDB, so that nothing of ours takes part in it.
 *
 * @param parts - the rows of each part
 */
export async function makeRun(
  folder: string,
  columns: readonly Column[],
  parts: readonly (readonly MadeRow[])[],
  dataset = 'papers',
): Promise<MadeRun> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  try {
    const write = async (rows: readonly MadeRow[], path: string): Promise<void> => {
      const to = `'${path.replaceAll("'", "''")}'`
      await connection.run(`COPY (${selectText(columns, rows)}) TO ${to} (FORMAT parquet, COMPRESSION zstd)`)
    }
    return await putParts(folder, columns, parts, write, dataset)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Puts parts into a lake in a folder, each written to its path, and makes the manifest of them. */
export async function putParts<T>(
  folder: string,
  columns: readonly Column[],
  parts: readonly (readonly T[])[],
  write: (documents: readonly T[], path: string) => Promise<void>,
  dataset = 'papers',
): Promise<MadeRun> {
  const made: Part[] = []
  for (const [index, documents] of parts.entries()) {
    const key = lakeKey.part(dataset, RUN_ID, 'parquet', index)
    const path = join(folder, key)
    await mkdir(dirname(path), { recursive: true })
    await write(documents, path)
    const bytes = await readFile(path)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const ends = { firstId: null, lastId: null }
    made.push({
      format: 'parquet',
      key,
      documents: documents.length,
      bytes: bytes.length,
      sha256,
      digest: EMPTY_DIGEST,
      ...ends,
    })
  }
  return { lake: openFsStore({ root: folder }), manifest: manifestOf(dataset, columns, made) }
}

function manifestOf(dataset: string, columns: readonly Column[], parts: readonly Part[]): Manifest {
  const documents = parts.reduce((sum, part) => sum + part.documents, 0)
  return {
    version: 1,
    runId: RUN_ID,
    dataset,
    source: { server: '127.0.0.1:27017', database: 'test', collection: dataset },
    guarantee: { kind: 'majority', reason: 'a test' },
    startedAt: STARTED_AT,
    committedAt: '2026-01-02T03:04:06.678Z',
    documents,
    digest: EMPTY_DIGEST,
    formats: ['parquet'],
    parts,
    rejects: { documents: 0, keys: [] },
    census: { documents, fields: {}, truncated: false },
    columns,
    tool: 'lakeferry 0.0.0',
  }
}

function selectText(columns: readonly Column[], rows: readonly MadeRow[]): string {
  const text: ColumnType = { kind: 'string' }
  const all = [{ name: '_id', type: text }, ...columns, { name: '_extra', type: text }, { name: '_misfit', type: text }]
  const select = (row: MadeRow | undefined): string =>
    `SELECT ${all.map(({ name, type }) => `CAST(${literal(row?.[name] ?? null, type)} AS ${typeName(type)}) AS "${name.replaceAll('"', '""')}"`).join(', ')}`
  return rows.length === 0 ? `${select(undefined)} WHERE FALSE` : rows.map(select).join(' UNION ALL ')
}

function literal(value: unknown, type: ColumnType): string {
  if (value === null || value === undefined) return 'NULL'
  if (type.kind === 'list') return `[${(value as unknown[]).map(item => literal(item, type.element)).join(', ')}]`
  if (type.kind === 'struct') {
    const fields = value as Record<string, unknown>
    return `{${type.fields.map(field => `'${field.name}': CAST(${literal(fields[field.name], field.type)} AS ${typeName(field.type)})`).join(', ')}}`
  }
  if (type.kind === 'boolean') return String(value)
  if (Object.is(value, -0)) return "'-0.0'"
  const written = String(value)
  // A NUL ends a statement's text.
  return written
    .split('\0')
    .map(piece => `'${piece.replaceAll("'", "''")}'`)
    .join(' || chr(0) || ')
}

function typeName(type: ColumnType): string {
  switch (type.kind) {
    case 'list':
      return `${typeName(type.element)}[]`
    case 'struct':
      return `STRUCT(${type.fields.map(field => `"${field.name}" ${typeName(field.type)}`).join(', ')})`
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    default:
      return {
        string: 'VARCHAR',
        objectId: 'VARCHAR',
        json: 'VARCHAR',
        int32: 'INTEGER',
        int64: 'BIGINT',
        double: 'DOUBLE',
        boolean: 'BOOLEAN',
        timestamp: 'TIMESTAMPTZ',
      }[type.kind]
  }
}
