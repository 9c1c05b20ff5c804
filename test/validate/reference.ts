import type { Column, ColumnType } from '../../src/model/column.js'
import type { ColumnPath, Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'

/** A document as it was in the collection. */
export type Document = { readonly _id: string; readonly [field: string]: unknown }

/** What the exporter would make of it, for documents of a few simple types. */
export function rowOf(document: Document, columns: readonly Column[]): MadeRow {
  const row: Record<string, unknown> = {}
  const misfit: Record<string, unknown> = {}
  for (const { name, type } of columns) {
    if (!Object.hasOwn(document, name)) continue
    const value = document[name]
    if (fits(value, type)) row[name] = value
    else misfit[name] = value
  }
  return {
    ...row,
    _id: document._id,
    ...(Object.keys(misfit).length > 0 ? { _misfit: JSON.stringify(misfit) } : {}),
  }
}

function fits(value: unknown, type: ColumnType): boolean {
  switch (type.kind) {
    case 'string':
      return typeof value === 'string'
    case 'int32':
      return Number.isInteger(value)
    case 'double':
      return typeof value === 'number'
    case 'list':
      return Array.isArray(value) && value.every(item => fits(item, type.element))
    case 'struct':
      return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        type.fields.every(field => {
          const inner = (value as Record<string, unknown>)[field.name]
          return inner === undefined || inner === null || fits(inner, field.type)
        })
      )
    default:
      throw new RangeError(`no ${type.kind} here`)
  }
}

/** The value of a field that its column can hold; `'absent'`: not there or null; `'wrong'`: something else. */
function stateOf(document: Document, columns: readonly Column[], path: ColumnPath): unknown {
  const [top = '', ...rest] = path
  const type = columns.find(column => column.name === top)?.type
  const outer = document[top]
  if (outer === undefined || outer === null) return ABSENT
  if (!type || !fits(outer, type)) return WRONG
  let value: unknown = outer
  for (const name of rest) value = (value as Record<string, unknown> | null | undefined)?.[name]
  return value ?? ABSENT
}

const ABSENT = Symbol('absent')
const WRONG = Symbol('wrong')

const isValue = (state: unknown): boolean => state !== ABSENT && state !== WRONG
const isEmpty = (state: unknown): boolean =>
  !isValue(state) || state === '' || (Array.isArray(state) && state.length === 0)

export interface Outcome {
  readonly checked: number
  readonly violated: readonly string[]
}

/** The meaning of a rule in the plainest terms: a loop over documents. */
export function evaluate(rule: Rule, documents: readonly Document[], columns: readonly Column[]): Outcome {
  if (rule.kind === 'rowCount') throw new RangeError('about no document')
  if (rule.kind === 'unique') return evaluateUnique(rule.columns, documents, columns)
  const results = documents.map(document => ({ id: document._id, ...evaluateOne(rule, document, columns) }))
  return {
    checked: results.filter(result => result.checked).length,
    violated: results.filter(result => result.violated).map(result => result.id),
  }
}

function evaluateUnique(
  paths: readonly ColumnPath[],
  documents: readonly Document[],
  columns: readonly Column[],
): Outcome {
  const keyed = documents.flatMap(document => {
    const values = paths.map(path => stateOf(document, columns, path))
    // JSON has one 0 and no NaN.
    const key = values.map(value => (Number.isNaN(value) ? 'NaN' : JSON.stringify(value)))
    return values.every(isValue) ? [{ id: document._id, key: key.join('|') }] : []
  })
  return {
    checked: keyed.length,
    violated: keyed.filter(({ key }) => keyed.filter(other => other.key === key).length > 1).map(({ id }) => id),
  }
}

function evaluateOne(
  rule: Exclude<Rule, { kind: 'rowCount' | 'unique' }>,
  document: Document,
  columns: readonly Column[],
): { checked: boolean; violated: boolean } {
  if (rule.kind === 'anyOf')
    return { checked: true, violated: rule.columns.every(path => isEmpty(stateOf(document, columns, path))) }
  const state = stateOf(document, columns, rule.column)
  const around = rule.column.length === 1 || isValue(stateOf(document, columns, rule.column.slice(0, -1)))
  switch (rule.kind) {
    case 'type':
      return { checked: true, violated: state === WRONG }
    case 'required':
      return { checked: around, violated: around && state === ABSENT }
    case 'notEmpty':
      return { checked: around, violated: around && isEmpty(state) }
    case 'notMissing':
      return { checked: around, violated: around && (state === ABSENT || rule.values.includes(state as string)) }
    default:
      return { checked: isValue(state), violated: isValue(state) && !satisfies(rule, state) }
  }
}

type ValueRule = Extract<
  Rule,
  { kind: 'pattern' | 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'enum' }
>

function satisfies(rule: ValueRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'pattern':
      return new RegExp(`^(?:${rule.pattern})$`, 'u').test(value as string)
    case 'minimum':
      return rule.exclusive ? (value as number) > Number(rule.bound) : (value as number) >= Number(rule.bound)
    case 'maximum':
      return rule.exclusive ? (value as number) < Number(rule.bound) : (value as number) <= Number(rule.bound)
    case 'minLength':
      return [...(value as string)].length >= rule.bound
    case 'maxLength':
      return [...(value as string)].length <= rule.bound
    case 'minItems':
      return (value as unknown[]).length >= rule.bound
    case 'maxItems':
      return (value as unknown[]).length <= rule.bound
    case 'enum':
      return rule.values.some(item => item === value)
  }
}
