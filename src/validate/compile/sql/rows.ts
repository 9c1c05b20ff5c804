import { ID_COLUMN } from '../../../model/column.js'
import { documentFlags } from './document-flags.js'
import { type Scope, valueAt } from './scope.js'

export function rowsStatement(scope: Scope): string {
  const { words, plan, own } = scope
  const { columns, names, from } = documentFlags(scope)
  const keys = plan.keyColumns.map((path, index) => ({ value: valueAt(path, scope), name: own(`k${index}`) }))
  const states = plan.statusColumns.map(({ rules }) =>
    rules.length === 0
      ? `CAST(NULL AS ${words.types.int32})`
      : `CASE ${rules.map(index => `WHEN ${names[index]} THEN ${index}`).join(' ')} END`,
  )
  const inner = [
    `${valueAt([ID_COLUMN], scope)} AS ${own('id')}`,
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
