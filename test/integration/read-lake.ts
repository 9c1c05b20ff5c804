import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { deserialize, EJSON } from 'bson'
import type { Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { Fields } from './papers-input.js'

/** Every document of one format of a run, as plain JSON values with `_id`, read by what a user of the lake would use. */
export async function documentsOf(lake: ObjectStore, manifest: Manifest, format: string): Promise<Fields[]> {
  const documents: Fields[] = []
  for (const part of manifest.parts.filter(one => one.format === format)) {
    const body = Buffer.from((await lake.get(part.key))!.body)
    const found = format === 'parquet' ? await parquetRows(body) : parseText(body, format)
    if (found.length !== part.documents)
      throw new Error(`${part.key}: ${found.length} documents, the manifest says ${part.documents}`)
    documents.push(...found)
  }
  return documents
}

function parseText(body: Buffer, format: string): Fields[] {
  if (format === 'json') return JSON.parse(body.toString())
  if (format === 'bson.gz') return bsonDocuments(gunzipSync(body))
  const parse = format === 'ejson.gz' ? (line: string): Fields => EJSON.parse(line, { relaxed: true }) : JSON.parse
  return gunzipSync(body)
    .toString()
    .split('\n')
    .filter(line => line !== '')
    .map(line => parse(line))
}

function bsonDocuments(bytes: Buffer): Fields[] {
  const documents: Fields[] = []
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    documents.push(deserialize(bytes.subarray(at, at + bytes.readInt32LE(at))))
  }
  return documents
}

/** A row put together again: what the columns hold, what is beside the schema, and what did not fit. */
async function parquetRows(body: Buffer): Promise<Fields[]> {
  const directory = await mkdtemp(join(tmpdir(), 'lakeferry-read-'))
  try {
    await writeFile(join(directory, 'part.parquet'), body)
    const connection = await (await DuckDBInstance.create()).connect()
    const reader = await connection.runAndReadAll(`FROM read_parquet('${join(directory, 'part.parquet')}')`)
    return reader.getRowObjectsJS().map(({ _extra, _misfit, ...columns }) => {
      const held = Object.entries(columns)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])
      return {
        ...Object.fromEntries(held),
        ...JSON.parse(String(_extra ?? '{}')),
        ...JSON.parse(String(_misfit ?? '{}')),
      }
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Lines of gzipped JSON Lines objects. */
export async function linesAt(lake: ObjectStore, prefix: string): Promise<Fields[]> {
  const lines: Fields[] = []
  for await (const { key } of lake.list(prefix))
    lines.push(...parseText(Buffer.from((await lake.get(key))!.body), 'ndjson.gz'))
  return lines
}
