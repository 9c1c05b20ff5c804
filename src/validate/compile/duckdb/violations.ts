import { type ColumnType, ID_COLUMN, MISFIT_COLUMN } from '../../../model/column.js'
import { MAX_VIOLATION_VALUE } from '../../../model/result.js'
import { columnName } from '../../../model/rule.js'
import { type DocumentRule, type Plan, pathsOf, typeOf } from '../plan.js'
import { anyOf, documentFlags } from './document-flags.js'
import { ownNames, quote, valueAt } from './identifier.js'

export function violationsStatement(plan: Plan): string {
  const own = ownNames(plan.columns)
  const { columns, names, from } = documentFlags(plan, own)
  const where = (wanted: (rule: DocumentRule) => boolean) =>
    anyOf(names.filter((_, index) => wanted(plan.documentRules[index]!)))
  const values = plan.valuePaths.map((path, index) => {
    const name = columnName(path)
    const used = where(rule => pathsOf(rule).some(other => columnName(other) === name))
    return {
      inner: `${valueAt(path)} AS ${own(`x${index}`)}`,
      outer: cut(own(`x${index}`), used, typeOf(plan.columns, path)),
    }
  })
  const flags = names.map(name => `CASE WHEN ${name} THEN '1' ELSE '0' END`)
  const outer = [
    own('id'),
    `CASE WHEN ${where(looksIntoMisfit)} THEN ${own('misfit')} END`,
    `concat(${["''", ...flags].join(', ')})`,
    ...values.map(value => value.outer),
  ]
  const inner = [
    `${quote(ID_COLUMN)} AS ${own('id')}`,
    `${quote(MISFIT_COLUMN)} AS ${own('misfit')}`,
    ...values.map(value => value.inner),
    ...columns,
  ]
  return [
    `SELECT ${outer.join(',\n  ')}`,
    `FROM (SELECT ${inner.join(',\n  ')}`,
    `FROM ${from}) AS ${own('d')}`,
    `WHERE ${anyOf(names)}`,
    `ORDER BY ${own('id')} ASC NULLS FIRST`,
  ].join('\n')
}

/** Rules that a document without a value in the column can violate. */
function looksIntoMisfit(rule: DocumentRule): boolean {
  return ['type', 'required', 'notEmpty', 'notMissing', 'anyOf'].includes(rule.kind)
}

/** One more than will be told, so that it shows whether something was cut. */
function cut(value: string, used: string, type: ColumnType): string {
  const kept = MAX_VIOLATION_VALUE + 1
  switch (type.kind) {
    case 'string':
    case 'objectId':
    case 'json':
      return `CASE WHEN ${used} THEN substr(${value}, 1, ${kept}) END`
    case 'list':
      return `CASE WHEN ${used} THEN list_slice(${value}, 1, ${kept}) END`
    default:
      return `CASE WHEN ${used} THEN ${value} END`
  }
}
