import type { Column } from '../../src/model/column.js'
import type { Condition, ConditionTest } from '../../src/model/condition.js'
import { type ColumnPath, EACH, type Rule } from '../../src/model/rule.js'
import { OWN_CONDITIONS } from './own-sql-meanings.js'
import { type DatasetWorld, evaluateDataset } from './reference-dataset.js'
import {
  ABSENT,
  type Document,
  isEmpty,
  isValue,
  jsonOf,
  placesOf,
  stateOf,
  typeAt,
  WRONG,
} from './reference-states.js'
import { compare, plainOf, satisfies, type ValueRule } from './reference-values.js'

/** Everything that the rules of a validation look at. */
export interface World extends DatasetWorld {
  readonly dataset: string
  readonly columns: readonly Column[]
  /** The runs of other datasets. */
  readonly others: Readonly<
    Record<string, { readonly columns: readonly Column[]; readonly documents: readonly Document[] }>
  >
}

export interface Outcome {
  readonly checked: number
  /** `_id`s, in the order of the documents; `*` of a rule about the data set. */
  readonly violated: readonly string[]
  /** Of rules about elements of lists: the value told of each `_id`. */
  readonly told?: ReadonlyMap<string, string>
  readonly observed?: string
}

/** The meaning of a rule in the plainest terms: a loop over documents. Knows nothing of engines or SQL. */
export function evaluate(rule: Rule, world: World): Outcome {
  switch (rule.kind) {
    case 'rowCount':
    case 'rowCountChange':
    case 'freshness':
    case 'sql': {
      const meant = rule.where
        ? world.documents.filter(document => holds(rule.where!, document, world.columns))
        : undefined
      return evaluateDataset(rule, world, meant)
    }
    case 'unique': {
      const keyed = keysOf(rule.columns, meantBy(rule, world), world.columns)
      const violated = keyed.filter(({ key }) => keyed.filter(other => other.key === key).length > 1)
      return { checked: keyed.length, violated: violated.map(({ id }) => id) }
    }
    case 'foreignKey': {
      const keyed = keysOf(rule.columns, meantBy(rule, world), world.columns)
      const { columns, documents } = rule.dataset === world.dataset ? world : world.others[rule.dataset]!
      const known = new Set(keysOf(rule.to, documents, columns).map(({ key }) => key))
      return { checked: keyed.length, violated: keyed.filter(({ key }) => !known.has(key)).map(({ id }) => id) }
    }
    default: {
      const results = meantBy(rule, world).map(document => ({
        id: document._id,
        ...evaluateOne(rule, document, world.columns),
      }))
      return {
        checked: results.filter(result => result.checked).length,
        violated: results.filter(result => result.violated).map(result => result.id),
        told: new Map(results.flatMap(({ id, told }) => (told === undefined ? [] : [[id, told]]))),
      }
    }
  }
}

function meantBy({ where }: Rule, { documents, columns }: World): readonly Document[] {
  return where === undefined ? documents : documents.filter(document => holds(where, document, columns))
}

export function holds(condition: Condition, document: Document, columns: readonly Column[]): boolean {
  if ('all' in condition) return condition.all.every(part => holds(part, document, columns))
  if ('any' in condition) return condition.any.some(part => holds(part, document, columns))
  if ('not' in condition) return !holds(condition.not, document, columns)
  return testHolds(condition.test, stateOf(document, columns, condition.test.column))
}

function testHolds(test: ConditionTest, state: unknown): boolean {
  // A nested field of an object of a wrong type is not there, as far as anybody can tell.
  if (test.kind === 'present') return state !== ABSENT && !(state === WRONG && test.column.length > 1)
  if (test.kind === 'notEmpty') return !isEmpty(state)
  return isValue(state) && satisfies(test, state)
}

function keysOf(
  paths: readonly ColumnPath[],
  documents: readonly Document[],
  columns: readonly Column[],
): readonly { readonly id: string; readonly key: string }[] {
  return documents.flatMap(document => {
    const values = paths.map(path => stateOf(document, columns, path))
    const key = values.map(value => (typeof value === 'string' ? JSON.stringify(value) : String(plainOf(value))))
    return values.every(isValue) ? [{ id: document._id, key: key.join('|') }] : []
  })
}

type RowRule = Exclude<Rule, { kind: 'rowCount' | 'rowCountChange' | 'freshness' | 'sql' | 'unique' | 'foreignKey' }>

interface One {
  readonly checked: boolean
  readonly violated: boolean
  readonly told?: string
}

function evaluateOne(rule: RowRule, document: Document, columns: readonly Column[]): One {
  switch (rule.kind) {
    case 'anyOf':
      return { checked: true, violated: rule.columns.every(path => isEmpty(stateOf(document, columns, path))) }
    case 'compare': {
      const [one, other] = rule.columns.map(path => stateOf(document, columns, path))
      const checked = isValue(one) && isValue(other)
      return { checked, violated: checked && !compare(rule.operator, one, other) }
    }
    case 'condition': {
      const holdsOf = OWN_CONDITIONS.find(known => known.sql.duckdb === rule.sql.duckdb)!.holds
      const field = (name: string): unknown => {
        const state = stateOf(document, columns, [name])
        return isValue(state) ? state : null
      }
      return { checked: true, violated: !holdsOf(field) }
    }
  }
  if (rule.kind !== 'type' && rule.column.includes(EACH)) {
    const places = placesOf(document, columns, rule.column).map(state => ({
      state,
      ...evaluateState(rule, state, true),
    }))
    const failing = places.filter(place => place.violated).map(place => place.state)
    const told = jsonOf(failing, { kind: 'list', element: typeAt(columns, rule.column) })
    return { checked: places.some(place => place.checked), violated: failing.length > 0, told }
  }
  const around = rule.column.length === 1 || isValue(stateOf(document, columns, rule.column.slice(0, -1)))
  return evaluateState(rule, stateOf(document, columns, rule.column), around)
}

function evaluateState(
  rule: Exclude<RowRule, { kind: 'anyOf' | 'compare' | 'condition' }>,
  state: unknown,
  around: boolean,
): One {
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
      return { checked: isValue(state), violated: isValue(state) && !satisfies(rule satisfies ValueRule, state) }
  }
}
