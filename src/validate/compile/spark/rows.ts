import { ID_COLUMN } from '../../../model/column.js'
import type { Plan } from '../plan.js'
import { documentFlags } from './document-flags.js'
import { ownNames, valueAt } from './identifier.js'

export function rowsStatement(plan: Plan): string {
  const own = ownNames(plan)
  const { columns, names, from } = documentFlags(plan, own)
  const keys = plan.keyColumns.map((path, index) => ({ value: valueAt(path), name: own(`k${index}`) }))
  const states = plan.statusColumns.map(({ rules }) =>
    rules.length === 0
      ? 'CAST(NULL AS INT)'
      : `CASE ${rules.map(index => `WHEN ${names[index]} THEN ${index}`).join(' ')} END`,
  )
  const inner = [
    `${valueAt([ID_COLUMN])} AS ${own('id')}`,
    ...keys.map(key => `${key.value} AS ${key.name}`),
    ...columns,
  ]
  return [
    `SELECT ${[own('id'), ...keys.map(key => key.name), ...states].join(',\n  ')}`,
    `FROM (SELECT ${inner.join(',\n  ')}`,
    `FROM ${from}) AS ${own('d')}`,
    `ORDER BY ${own('id')} ASC NULLS FIRST`,
  ].join('\n')
}
