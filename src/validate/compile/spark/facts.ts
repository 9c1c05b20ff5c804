import { ID_COLUMN } from '../../../model/column.js'
import type { Plan } from '../plan.js'
import { dataRelation } from './data-relation.js'
import { ownNames, valueAt } from './identifier.js'
import { predicateOf } from './predicate.js'
import { whereHolds } from './where.js'

export function factsStatement(plan: Plan): string {
  const own = ownNames(plan)
  const rules = plan.rowRules.map((rule, index) => ({
    ...predicateOf(rule, plan, own),
    c: own(`c${index}`),
    v: own(`v${index}`),
  }))
  const counted = plan.countRules.map(({ where }, index) => ({
    holds: where === undefined ? 'TRUE' : whereHolds(where, plan.columns, own),
    name: own(`n${index}`),
  }))
  const instants = plan.freshnessRules.map(({ column }, index) => ({
    value: `unix_micros(${valueAt(column)})`,
    name: own(`t${index}`),
  }))
  const answers = [
    'count(*)',
    ...rules.flatMap(({ c, v }) => [countWhere(c), countWhere(v)]),
    ...counted.map(({ name }) => countWhere(name)),
    ...instants.map(({ name }) => `max(${name})`),
  ]
  const list = [
    // A column even when there are no rules; and one that an aggregation in a rule's own SQL cannot stand beside.
    `${valueAt([ID_COLUMN])} AS ${own('id')}`,
    ...rules.flatMap(({ checked, violated, c, v }) => [`${checked} AS ${c}`, `${violated} AS ${v}`]),
    ...counted.map(({ holds, name }) => `${holds} AS ${name}`),
    ...instants.map(({ value, name }) => `${value} AS ${name}`),
  ]
  return `SELECT ${answers.join(',\n  ')}\nFROM (SELECT ${list.join(',\n  ')}\n  FROM ${dataRelation(plan, own)}) AS ${own('d')}`
}

function countWhere(condition: string): string {
  return `count(CASE WHEN ${condition} THEN 1 END)`
}
