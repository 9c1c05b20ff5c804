import type { Plan } from '../plan.js'
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
    value: `epoch_us(${valueAt(column)})`,
    name: own(`t${index}`),
  }))
  const answers = [
    'count(*)',
    ...rules.flatMap(({ c, v }) => [countWhere(c), countWhere(v)]),
    ...counted.map(({ name }) => countWhere(name)),
    ...instants.map(({ name }) => `max(${name})`),
  ]
  const list = [
    // A column even when there are no rules.
    `1 AS ${own('one')}`,
    ...rules.flatMap(({ checked, violated, c, v }) => [`${checked} AS ${c}`, `${violated} AS ${v}`]),
    ...counted.map(({ holds, name }) => `${holds} AS ${name}`),
    ...instants.map(({ value, name }) => `${value} AS ${name}`),
  ]
  return `SELECT ${answers.join(',\n  ')}\nFROM (SELECT ${list.join(',\n  ')}\n  FROM data) AS ${own('d')}`
}

function countWhere(condition: string): string {
  return `count(CASE WHEN ${condition} THEN 1 END)`
}
