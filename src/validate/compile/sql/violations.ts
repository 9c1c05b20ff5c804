import { type ColumnType, ID_COLUMN, MISFIT_COLUMN } from '../../../model/column.js'
import { MAX_VIOLATION_VALUE } from '../../../model/result.js'
import { columnName } from '../../../model/rule.js'
import { type DocumentRule, toldPaths, typeOf } from '../plan.js'
import { anyOf, documentFlags } from './document-flags.js'
import { failingElements } from './predicate.js'
import { type Scope, valueAt } from './scope.js'

export function violationsStatement(scope: Scope): string {
  const { plan, own } = scope
  const { columns, names, from } = documentFlags(scope)
  const where = (wanted: (rule: DocumentRule) => boolean) =>
    anyOf(names.filter((_, index) => wanted(plan.documentRules[index]!)))
  const values = plan.valuePaths.map((path, index) => {
    const [told, name, type] = [columnName(path), own(`x${index}`), typeOf(plan.columns, path)]
    const used = where(rule => toldPaths(rule).some(other => columnName(other) === told))
    return {
      inner: `${valueAt(path, scope)} AS ${name}`,
      outer: `CASE WHEN ${used} THEN ${cut(name, type, scope)} END`,
    }
  })
  const elements = plan.elementRules.map((rule, index) => {
    const name = own(`f${index}`)
    const type: ColumnType = { kind: 'list', element: typeOf(plan.columns, rule.column) }
    const violated = where(other => other === rule)
    return {
      inner: `${failingElements(rule, scope)} AS ${name}`,
      outer: `CASE WHEN ${violated} THEN ${cut(name, type, scope)} END`,
    }
  })
  const told = [...values, ...elements]
  const flags = names.map(name => `CASE WHEN ${name} THEN '1' ELSE '0' END`)
  const outer = [
    own('id'),
    `CASE WHEN ${where(looksIntoMisfit)} THEN ${own('misfit')} END`,
    `concat(${["''", ...flags].join(', ')})`,
    ...told.map(value => value.outer),
  ]
  const inner = [
    `${valueAt([ID_COLUMN], scope)} AS ${own('id')}`,
    `${valueAt([MISFIT_COLUMN], scope)} AS ${own('misfit')}`,
    ...told.map(value => value.inner),
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
  return ['type', 'required', 'notEmpty', 'notMissing', 'anyOf', 'condition'].includes(rule.kind)
}

/** One more than will be told, so that it shows whether something was cut. */
function cut(value: string, type: ColumnType, scope: Scope, depth = 0): string {
  const { words, own } = scope
  const kept = MAX_VIOLATION_VALUE + 1
  switch (type.kind) {
    case 'string':
    case 'objectId':
    case 'json':
      return `substr(${value}, 1, ${kept})`
    case 'list': {
      const item = own(`i${depth}`)
      const items = words.first(value, kept)
      const shorter = cut(item, type.element, scope, depth + 1)
      return shorter === item ? items : words.each(items, item, shorter)
    }
    default:
      return value
  }
}
