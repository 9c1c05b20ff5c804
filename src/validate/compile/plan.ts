import { type Column, type ColumnType, ID_COLUMN } from '../../model/column.js'
import type { Contract } from '../../model/contract.js'
import { type ColumnPath, columnName, DATASET_KINDS, EACH, type Rule } from '../../model/rule.js'

export type UniqueRule = Extract<Rule, { kind: 'unique' }>
export type ForeignKeyRule = Extract<Rule, { kind: 'foreignKey' }>
/** Rules that need the documents of a whole run by their keys: one aggregation each. */
export type KeyRule = UniqueRule | ForeignKeyRule
export type DatasetRule = Extract<Rule, { kind: (typeof DATASET_KINDS)[number] }>
export type CountRule = Extract<Rule, { kind: 'rowCount' }>
export type FreshnessRule = Extract<Rule, { kind: 'freshness' }>
export type SqlRule = Extract<Rule, { kind: 'sql' }>
/** Rules that one document by itself satisfies or not. */
export type RowRule = Exclude<Rule, KeyRule | DatasetRule>
export type ConditionRule = Extract<Rule, { kind: 'condition' }>
/** Rules that give violations of documents. */
export type DocumentRule = RowRule | KeyRule
/** A rule about the elements of lists: its column has {@link EACH} in it. */
export type ElementRule = Exclude<Extract<RowRule, { column: ColumnPath }>, { kind: 'type' }>

/** A run that foreign keys point into. */
export interface Reference {
  /** The relation: `ref0`, `ref1`, …; `data` where a dataset refers to itself. */
  readonly name: string
  readonly dataset: string
  readonly columns: readonly Column[]
}

/** What the statements of one validation are about, each list in the contract's order. */
export interface Plan {
  readonly columns: readonly Column[]
  readonly rowRules: readonly RowRule[]
  /** Those of `rowRules` with SQL of their own. */
  readonly conditionRules: readonly ConditionRule[]
  readonly uniqueRules: readonly UniqueRule[]
  readonly foreignKeyRules: readonly ForeignKeyRule[]
  readonly documentRules: readonly DocumentRule[]
  /** Those about the number of some documents only; that of all is known anyway. */
  readonly countRules: readonly CountRule[]
  readonly freshnessRules: readonly FreshnessRule[]
  readonly sqlRules: readonly SqlRule[]
  readonly references: readonly Reference[]
  /**
   * Every column that a document rule tells the value of, once; what is of a wrong type is in `_misfit`, not in its
   * column. Without {@link EACH}.
   */
  readonly valuePaths: readonly ColumnPath[]
  /** Those of `documentRules` that tell the failing elements in place of a column's value. */
  readonly elementRules: readonly ElementRule[]
  readonly keyColumns: readonly ColumnPath[]
  /** Columns that `--rows` tells the state of, with the indexes of their rules in `documentRules`. */
  readonly statusColumns: readonly { readonly name: string; readonly rules: readonly number[] }[]
}

/** @param references - one for each dataset that a foreign key of the contract points into */
export function planOf(contract: Contract, references: readonly Reference[] = []): Plan {
  const { rules } = contract
  return {
    ...documentPlan(
      contract.columns,
      rules.filter((rule): rule is DocumentRule => !isDatasetRule(rule)),
    ),
    columns: contract.columns,
    keyColumns: contract.keyColumns,
    countRules: rules.filter((rule): rule is CountRule => rule.kind === 'rowCount' && rule.where !== undefined),
    freshnessRules: rules.filter(rule => rule.kind === 'freshness'),
    sqlRules: rules.filter(rule => rule.kind === 'sql'),
    references,
  }
}

export function isDatasetRule(rule: Rule): rule is DatasetRule {
  return (DATASET_KINDS as readonly string[]).includes(rule.kind)
}

/** The same plan with some of its document rules only. Columns without a rule left have no wrong state to tell. */
export function restrict(plan: Plan, keep: (rule: DocumentRule) => boolean): Plan {
  const { columns, statusColumns } = plan
  const restricted = documentPlan(columns, plan.documentRules.filter(keep))
  const rulesOf = new Map(restricted.statusColumns.map(({ name, rules }) => [name, rules]))
  return {
    ...plan,
    ...restricted,
    statusColumns: statusColumns.map(({ name }) => ({ name, rules: rulesOf.get(name) ?? [] })),
  }
}

type DocumentPlan = Pick<
  Plan,
  | 'documentRules'
  | 'rowRules'
  | 'conditionRules'
  | 'uniqueRules'
  | 'foreignKeyRules'
  | 'valuePaths'
  | 'elementRules'
  | 'statusColumns'
>

function documentPlan(columns: readonly Column[], documentRules: readonly DocumentRule[]): DocumentPlan {
  const paths = new Map<string, ColumnPath>()
  for (const rule of documentRules) for (const path of toldPaths(rule)) paths.set(columnName(path), path)
  const statusColumns = [ID_COLUMN, ...columns.map(column => column.name)].map(name => ({
    name,
    rules: documentRules.flatMap((rule, index) => (pathsOf(rule).some(path => path[0] === name) ? [index] : [])),
  }))
  const rowRules = documentRules.filter((rule): rule is RowRule => rule.kind !== 'unique' && rule.kind !== 'foreignKey')
  return {
    documentRules,
    rowRules,
    conditionRules: rowRules.filter(rule => rule.kind === 'condition'),
    uniqueRules: documentRules.filter(rule => rule.kind === 'unique'),
    foreignKeyRules: documentRules.filter(rule => rule.kind === 'foreignKey'),
    valuePaths: [...paths.values()],
    elementRules: documentRules.filter((rule): rule is ElementRule => isElementRule(rule)),
    // _id is never wrong unless the contract says something of it.
    statusColumns: statusColumns.filter(({ name, rules }) => name !== ID_COLUMN || rules.length > 0),
  }
}

export function pathsOf(rule: DocumentRule): readonly ColumnPath[] {
  return 'column' in rule ? [rule.column] : rule.columns
}

/** Of an {@link ElementRule}. */
export function isElementRule(rule: DocumentRule): boolean {
  return 'column' in rule && rule.kind !== 'type' && rule.column.includes(EACH)
}

/** Columns whose value is told when the rule is violated, without {@link EACH}; none of an element rule. */
export function toldPaths(rule: DocumentRule): readonly ColumnPath[] {
  // A value of a wrong type is in _misfit, and nothing in the column.
  if (rule.kind === 'type' || isElementRule(rule)) return []
  return pathsOf(rule).map(path => (path.includes(EACH) ? path.slice(0, path.indexOf(EACH)) : path))
}

/** @throws RangeError when there is none, which is the caller's bug */
export function referenceOf(plan: Plan, { dataset }: ForeignKeyRule): Reference {
  const found = plan.references.find(reference => reference.dataset === dataset)
  if (!found) throw new RangeError(`no run of ${dataset} to refer to`)
  return found
}

/** @throws RangeError for a path that no column has, which is the compiler's bug: contracts are checked for it */
export function typeOf(columns: readonly Column[], path: ColumnPath): ColumnType {
  const type = findType(columns, path)
  if (!type) throw new RangeError(`no column ${columnName(path)}`)
  return type
}

/** Undefined when no column has the path. */
export function findType(columns: readonly Column[], path: ColumnPath): ColumnType | undefined {
  if (path.length === 1 && path[0] === ID_COLUMN) return { kind: 'string' }
  let type: ColumnType | undefined = { kind: 'struct', fields: columns }
  for (const name of path) {
    if (name === EACH && type?.kind === 'list') type = type.element
    else if (type?.kind === 'struct') type = type.fields.find(field => field.name === name)?.type
    else return undefined
  }
  return type
}
