import { type Column, type ColumnType, ID_COLUMN } from '../../model/column.js'
import type { Contract } from '../../model/contract.js'
import { type ColumnPath, columnName, type Rule } from '../../model/rule.js'

export type UniqueRule = Extract<Rule, { kind: 'unique' }>
export type DatasetRule = Extract<Rule, { kind: 'rowCount' }>
/** Rules that one document by itself satisfies or not. */
export type RowRule = Exclude<Rule, UniqueRule | DatasetRule>
/** Rules that give violations of documents. */
export type DocumentRule = RowRule | UniqueRule

/** What the statements of one validation are about, each list in the contract's order. */
export interface Plan {
  readonly columns: readonly Column[]
  readonly rowRules: readonly RowRule[]
  readonly uniqueRules: readonly UniqueRule[]
  readonly documentRules: readonly DocumentRule[]
  /** Every column that a document rule looks at, once; what is of a wrong type is in `_misfit`, not in its column. */
  readonly valuePaths: readonly ColumnPath[]
  readonly keyColumns: readonly ColumnPath[]
  /** Columns that `--rows` tells the state of, with the indexes of their rules in `documentRules`. */
  readonly statusColumns: readonly { readonly name: string; readonly rules: readonly number[] }[]
}

export function planOf(contract: Contract): Plan {
  const rules = contract.rules.filter((rule): rule is DocumentRule => rule.kind !== 'rowCount')
  return planFor(contract.columns, contract.keyColumns, rules)
}

/** The same plan with some of its document rules only. Columns without a rule left have no wrong state to tell. */
export function restrict(plan: Plan, keep: (rule: DocumentRule) => boolean): Plan {
  const { statusColumns } = plan
  const restricted = planFor(plan.columns, plan.keyColumns, plan.documentRules.filter(keep))
  const rulesOf = new Map(restricted.statusColumns.map(({ name, rules }) => [name, rules]))
  return { ...restricted, statusColumns: statusColumns.map(({ name }) => ({ name, rules: rulesOf.get(name) ?? [] })) }
}

function planFor(
  columns: readonly Column[],
  keyColumns: readonly ColumnPath[],
  documentRules: readonly DocumentRule[],
): Plan {
  const paths = new Map<string, ColumnPath>()
  for (const rule of documentRules)
    if (rule.kind !== 'type') for (const path of pathsOf(rule)) paths.set(columnName(path), path)
  const statusColumns = [ID_COLUMN, ...columns.map(column => column.name)].map(name => ({
    name,
    rules: documentRules.flatMap((rule, index) => (pathsOf(rule).some(path => path[0] === name) ? [index] : [])),
  }))
  return {
    columns,
    keyColumns,
    documentRules,
    rowRules: documentRules.filter((rule): rule is RowRule => rule.kind !== 'unique'),
    uniqueRules: documentRules.filter((rule): rule is UniqueRule => rule.kind === 'unique'),
    valuePaths: [...paths.values()],
    // _id is never wrong unless the contract says something of it.
    statusColumns: statusColumns.filter(({ name, rules }) => name !== ID_COLUMN || rules.length > 0),
  }
}

export function pathsOf(rule: DocumentRule): readonly ColumnPath[] {
  return 'column' in rule ? [rule.column] : rule.columns
}

/** @throws RangeError for a path that no column has, which is the compiler's bug: contracts are checked for it */
export function typeOf(columns: readonly Column[], path: ColumnPath): ColumnType {
  if (path.length === 1 && path[0] === ID_COLUMN) return { kind: 'string' }
  let type: ColumnType = { kind: 'struct', fields: columns }
  for (const name of path) {
    const found: Column | undefined =
      type.kind === 'struct' ? type.fields.find(field => field.name === name) : undefined
    if (!found) throw new RangeError(`no column ${columnName(path)}`)
    type = found.type
  }
  return type
}
