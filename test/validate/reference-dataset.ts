import type { Column } from '../../src/model/column.js'
import type { NumberBound, Rule } from '../../src/model/rule.js'
import { OWN_QUERIES } from './own-sql-meanings.js'
import type { Outcome } from './reference.js'
import { type Document, isValue, stateOf } from './reference-states.js'

export interface DatasetWorld {
  readonly documents: readonly Document[]
  readonly columns: readonly Column[]
  /** Documents of the run before; undefined when there is none. */
  readonly previous: number | undefined
  readonly startedAt: Date
}

type DatasetRule = Extract<Rule, { kind: 'rowCount' | 'rowCountChange' | 'freshness' | 'sql' }>

/** @param meant - those that `where` leaves; undefined without one */
export function evaluateDataset(rule: DatasetRule, world: DatasetWorld, meant?: readonly Document[]): Outcome {
  const { documents, columns, previous, startedAt } = world
  switch (rule.kind) {
    case 'rowCount': {
      const count = (meant ?? documents).length
      return one(count >= (rule.min ?? 0) && count <= (rule.max ?? count), String(count))
    }
    case 'rowCountChange': {
      if (!previous) return { checked: 0, violated: [] }
      const change = (documents.length - previous) / previous
      const [most, least] = [rule.maxIncrease ?? change, -(rule.maxDecrease ?? -change)]
      return one(change <= most && change >= least, String(change === 0 ? 0 : change))
    }
    case 'freshness': {
      const instants = documents.map(document => stateOf(document, columns, rule.column)).filter(isValue) as Date[]
      if (instants.length === 0) return one(false)
      const newest = new Date(Math.max(...instants.map(Number)))
      return one(startedAt.getTime() - newest.getTime() <= rule.seconds * 1000, newest.toISOString())
    }
    case 'sql': {
      const rows = documents.map(document => (name: string): unknown => {
        const state = stateOf(document, columns, [name])
        return isValue(state) ? state : null
      })
      const found = OWN_QUERIES.find(known => known.sql.duckdb === rule.sql.duckdb)!.answer(rows)
      if (found === null) return one(false)
      return one(
        rule.bounds.every(bound => within(Number(found), bound)),
        found,
      )
    }
  }
}

function one(satisfied: boolean, observed?: string): Outcome {
  return { checked: 1, violated: satisfied ? [] : ['*'], ...(observed === undefined ? {} : { observed }) }
}

function within(value: number, bound: NumberBound): boolean {
  if (Number.isNaN(value)) return false
  switch (bound.operator) {
    case 'equal':
      return value === bound.value
    case 'notEqual':
      return value !== bound.value
    case 'above':
      return value > bound.value
    case 'atLeast':
      return value >= bound.value
    case 'below':
      return value < bound.value
    case 'atMost':
      return value <= bound.value
    case 'between':
      return value >= bound.from && value <= bound.to
    case 'notBetween':
      return value < bound.from || value > bound.to
  }
}
