import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { readViolations } from '../../src/catalog/violations.js'
import type { Column, ColumnType } from '../../src/model/column.js'
import type { Contract } from '../../src/model/contract.js'
import type { ValidationResult, Violation } from '../../src/model/result.js'
import type { ColumnPath, Rule } from '../../src/model/rule.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type ValidateRequest, validateRun } from '../../src/validate/validate-run.js'
import { checkingCells } from './checking-cells.js'
import { type MadeRow, type MadeRun, makeRun } from './made-run.js'

export function column(name: string, type: ColumnType | ColumnType['kind']): Column {
  return { name, type: (typeof type === 'string' ? { kind: type } : type) as ColumnType }
}

type Told = 'id' | 'severity' | 'message' | 'threshold'
type RuleText = Rule extends infer R ? (R extends Rule ? Omit<R, Told> & Partial<Pick<R, Told>> : never) : never

/** A rule with everything that a test has no opinion on. Its id is its kind unless it has one. */
export function rule(text: RuleText): Rule {
  return { id: text.kind, severity: 'error', message: `${text.kind}!`, threshold: 1, ...text } as Rule
}

export function contractOf(
  columns: readonly Column[],
  rules: readonly Rule[],
  keyColumns: readonly ColumnPath[] = [],
): Contract {
  return {
    id: 'made',
    version: '1.0.0',
    name: 'made',
    fingerprint: 'f'.repeat(64),
    columns,
    rules,
    keyColumns,
    notes: {},
  }
}

/** Stands still but for a second at a time, so that `seconds` is known. */
export function tickingClock(): { now(): Date } {
  let ticks = 0
  return {
    now: () => {
      ticks += 1
      return new Date(Date.UTC(2026, 2, 4, 5, 6, ticks))
    },
  }
}

export interface Checked {
  readonly result: ValidationResult
  readonly violations: readonly Violation[]
  readonly rows: readonly Record<string, unknown>[]
  /** Rule id to `[checked, violated]`. */
  readonly counts: Readonly<Record<string, readonly [number, number]>>
  /** Rule id to the `_id`s that violate it. */
  readonly ids: Readonly<Record<string, readonly string[]>>
}

/** Validates rows as one run of its own in a folder, and removes both. */
export async function validateRows(
  folder: string,
  contract: Contract,
  parts: readonly (readonly MadeRow[])[],
): Promise<Checked> {
  return validateMade(folder, contract, await makeRun(folder, contract.columns, parts))
}

const isResult = new Ajv({ strict: true }).compile(
  JSON.parse(readFileSync(new URL('../../schema/result.schema.json', import.meta.url), 'utf8')),
)

/** Validates a run that lies in a folder, and removes both. */
export async function validateMade(
  folder: string,
  contract: Contract,
  { lake, manifest }: MadeRun,
  more: Pick<ValidateRequest, 'references' | 'previous'> = {},
): Promise<Checked> {
  const engine = await openDuckDb({ lake, threads: 2 })
  try {
    const services = { lake, engine: checkingCells(engine), clock: tickingClock() }
    const request = { manifest, contract, ...more, rows: true, host: 'h', tool: 't' }
    const { result, rowsKeys } = await validateRun(services, request)
    if (!isResult(result)) throw new TypeError(`no result by its schema: ${JSON.stringify(isResult.errors)}`)
    const violations: Violation[] = []
    for await (const violation of readViolations(lake, result)) violations.push(violation)
    const counts = Object.fromEntries(
      result.rules.map(({ id, checked, violated }) => [id, [checked, violated] as const]),
    )
    const ids = Object.fromEntries(
      contract.rules.map(({ id }) => [id, violations.filter(found => found.rule === id).map(found => found._id)]),
    )
    return { result, violations, counts, ids, rows: await readLines(lake, rowsKeys) }
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}

export async function readLines(lake: ObjectStore, keys: readonly string[]): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = []
  for (const key of keys) {
    const stored = await lake.get(key)
    for (const line of gunzipSync(stored!.body).toString('utf8').trimEnd().split('\n')) lines.push(JSON.parse(line))
  }
  return lines
}
