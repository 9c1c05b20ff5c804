import type { Plan } from '../plan.js'
import { ownNames } from './identifier.js'
import { predicateOf } from './predicate.js'

export function factsStatement(plan: Plan): string {
  const own = ownNames(plan.columns)
  const rules = plan.rowRules.map((rule, index) => ({
    ...predicateOf(rule, plan.columns),
    c: own(`c${index}`),
    v: own(`v${index}`),
  }))
  const counts = ['count(*)', ...rules.flatMap(({ c, v }) => [countWhere(c), countWhere(v)])]
  const flags = rules.flatMap(({ checked, violated, c, v }) => [`${checked} AS ${c}`, `${violated} AS ${v}`])
  // A column even when there are no rules.
  const list = [`1 AS ${own('one')}`, ...flags]
  return `SELECT ${counts.join(',\n  ')}\nFROM (SELECT ${list.join(',\n  ')}\n  FROM data) AS ${own('d')}`
}

function countWhere(condition: string): string {
  return `count(CASE WHEN ${condition} THEN 1 END)`
}
