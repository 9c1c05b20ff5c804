import { predicateOf } from './predicate.js'
import { documents, type Scope, valueAt } from './scope.js'
import { whereHolds } from './where.js'

export function factsStatement(scope: Scope): string {
  const { words, plan, own } = scope
  const rules = plan.rowRules.map((rule, index) => ({
    ...predicateOf(rule, scope),
    c: own(`c${index}`),
    v: own(`v${index}`),
  }))
  const counted = plan.countRules.map(({ where }, index) => ({
    holds: where === undefined ? 'TRUE' : whereHolds(where, scope),
    name: own(`n${index}`),
  }))
  const instants = plan.freshnessRules.map(({ column }, index) => ({
    value: words.micros(valueAt(column, scope)),
    name: own(`t${index}`),
  }))
  const answers = [
    'count(*)',
    ...rules.flatMap(({ c, v }) => [countWhere(c), countWhere(v)]),
    ...counted.map(({ name }) => countWhere(name)),
    ...instants.map(({ name }) => `max(${name})`),
  ]
  const list = [
    // Even when there are no rules.
    words.someColumn(own),
    ...rules.flatMap(({ checked, violated, c, v }) => [`${checked} AS ${c}`, `${violated} AS ${v}`]),
    ...counted.map(({ holds, name }) => `${holds} AS ${name}`),
    ...instants.map(({ value, name }) => `${value} AS ${name}`),
  ]
  return `SELECT ${answers.join(',\n  ')}\nFROM (SELECT ${list.join(',\n  ')}\n  FROM ${documents(scope)}) AS ${own('d')}`
}

function countWhere(condition: string): string {
  return `count(CASE WHEN ${condition} THEN 1 END)`
}
