import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, serialize } from 'bson'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { inferColumns } from '../../src/bson/infer-columns.js'
import { viewOf } from '../../src/bson/walk.js'
import { parseContract } from '../../src/contract/load.js'
import type { Census } from '../../src/model/census.js'
import type { Column } from '../../src/model/column.js'
import type { Contract } from '../../src/model/contract.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ValidationResult } from '../../src/model/result.js'
import type { QueryEngine } from '../../src/ports/query-engine.js'
import { type Suggestion, suggestContract } from '../../src/suggest/suggest-contract.js'
import { validateRun } from '../../src/validate/validate-run.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import { type MadeRun, putParts } from '../validate/made-run.js'
import { tickingClock } from '../validate/validate-rows.js'

export function censusOf(documents: readonly Document[]): Census {
  const taker = new CensusTaker()
  for (const document of documents) {
    const bytes = serialize(document, { ignoreUndefined: false })
    taker.add(bytes, viewOf(bytes), 0, bytes.length)
  }
  return taker.census()
}

/** The documents as one run of the exporter's own Parquet, in a folder. @param columns - by default those that an export without a contract would have */
export async function runOf(
  folder: string,
  documents: readonly Document[],
  columns?: readonly Column[],
): Promise<MadeRun> {
  const census = censusOf(documents)
  const exported = columns ?? inferColumns(censusOf(documents.slice(0, 1000)))
  const cut = Math.ceil(documents.length / 2)
  const parts = [documents.slice(0, cut), documents.slice(cut)]
  const { lake, manifest } = await putParts(folder, exported, parts, (part, path) =>
    writeFile(path, partOf(part, { columns: exported })),
  )
  return { lake, manifest: { ...manifest, census } }
}

export async function withEngine<T>({ lake }: MadeRun, work: (engine: QueryEngine) => Promise<T>): Promise<T> {
  const engine = await openDuckDb({ lake, threads: 2 })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lf-suggest-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export interface Suggested {
  readonly suggestion: Suggestion
  readonly contract: Contract
  readonly manifest: Manifest
}

export async function suggestFor(
  documents: readonly Document[],
  options: { columns?: readonly Column[]; keepColumns?: boolean } = {},
): Promise<Suggested> {
  const { columns, ...rest } = options
  return inFolder(async folder => {
    const run = await runOf(folder, documents, columns)
    const suggestion = await withEngine(run, engine =>
      suggestContract({ lake: run.lake, engine }, { manifest: run.manifest, ...rest }),
    )
    return { suggestion, contract: parsed(suggestion.text), manifest: run.manifest }
  })
}

function parsed(text: string): Contract {
  try {
    return parseContract(text, 'suggested.yaml')
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${text}`, { cause: error })
  }
}

/** Exports the documents with the columns of the contract, and holds them to it. */
export async function holdTo(contract: Contract, documents: readonly Document[]): Promise<ValidationResult> {
  return inFolder(async folder => {
    const run = await runOf(folder, documents, contract.columns)
    const { result } = await withEngine(run, engine =>
      validateRun({ lake: run.lake, engine, clock: tickingClock() }, { manifest: run.manifest, contract, tool: 't' }),
    )
    return result
  })
}
