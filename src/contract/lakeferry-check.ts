import { typeText } from '../model/column.js'
import { columnName, EACH } from '../model/rule.js'
import { type FoundColumn, readColumn, readColumns } from './column-lookup.js'
import type { QualityScope } from './quality.js'
import { comparable } from './relationship.js'
import type { RuleBody } from './rule-list.js'
import { NOTE_KEYS } from './rule-notes.js'
import { readShare } from './share.js'
import { readConditionSql } from './sql/own-sql.js'
import {
  isMapping,
  list,
  mapping,
  oneOf,
  refuse,
  refuseType,
  text,
  type YamlMapping,
  type YamlValue,
} from './yaml-file.js'

const CHECKS = ['notEmpty', 'anyOf', 'compare', 'condition', 'rowCountChange'] as const

type Check = (typeof CHECKS)[number]

const KEYS: Readonly<Record<Check, readonly string[]>> = {
  notEmpty: [],
  anyOf: ['columns'],
  compare: ['columns', 'operator'],
  condition: ['columns', 'sql', 'duckdb', 'spark'],
  rowCountChange: ['maxDecrease', 'maxIncrease'],
}

/** The `implementation` of a `type: custom` entry of ours. */
export function readImplementation(value: YamlValue): YamlMapping {
  if (!isMapping(value)) refuseType(value, 'a mapping', 'Write implementation: {rule: notEmpty}, without a |.')
  const every = ['rule', ...NOTE_KEYS, ...new Set(Object.values(KEYS).flat())]
  const rule = mapping(value, every).need('rule', `Write rule: ${CHECKS.join(', ')}.`)
  const known = ['rule', ...NOTE_KEYS, ...KEYS[oneOf(rule, CHECKS)]]
  const entry = mapping(value, every)
  const stray = entry.keys().find(key => !known.includes(key))
  if (stray !== undefined) refuse(entry.get(stray)!, `${stray} says nothing about ${text(rule)}`, 'Leave it out.')
  return entry
}

/**
 * What ODCS's library cannot say: `{rule: notEmpty}` at a property; `{rule: anyOf, columns: [ … ]}`, `{rule: compare, …}`
 * and `{rule: rowCountChange, …}` at the schema; `{rule: condition, sql: … }` at either.
 */
export function lakeferryRule(entry: YamlMapping, scope: QualityScope): RuleBody {
  const rule = entry.need('rule', `Write rule: ${CHECKS.join(' or ')}.`)
  const check = oneOf(rule, CHECKS)
  switch (check) {
    case 'notEmpty':
      if (scope.at === 'schema')
        return refuse(rule, 'notEmpty is about one property', 'Move the entry to the quality of that property.')
      return { kind: 'notEmpty', column: scope.column.path }
    case 'condition':
      return condition(entry, rule, scope)
    default:
      if (scope.at === 'property')
        return refuse(
          rule,
          `${check} is about ${check === 'rowCountChange' ? 'all documents' : 'several columns'}`,
          'Move the entry to the quality of the schema object.',
        )
      return check === 'anyOf'
        ? {
            kind: 'anyOf',
            columns: readColumns(columnsOf(entry, rule, '[author, authors]'), scope.columns, 2).map(
              column => column.path,
            ),
          }
        : check === 'compare'
          ? compare(entry, rule, scope)
          : rowCountChange(entry, rule)
  }
}

function columnsOf(entry: YamlMapping, rule: YamlValue, example: string): YamlValue {
  return entry.get('columns') ?? refuse(rule, `${text(rule)} without columns`, `Write columns: ${example}.`)
}

const OPERATORS = ['<', '<=', '=', '<>', '>=', '>'] as const
const SYNONYMS: Readonly<Record<string, string>> = { '==': '=', '!=': '<>' }

function compare(entry: YamlMapping, rule: YamlValue, scope: QualityScope): RuleBody {
  const at = columnsOf(entry, rule, '[submitted, decided]')
  const columns = readColumns(at, scope.columns, 2)
  const [left, right] = columns as [FoundColumn, FoundColumn]
  if (columns.length > 2) refuse(list(at)[2]!, 'compare is about two columns', 'Make further entries of it.')
  const value = entry.get('operator') ?? refuse(rule, 'compare without operator', "Write operator: '<='.")
  const written = text(value)
  const operator = OPERATORS.find(sign => sign === (SYNONYMS[written] ?? written)) ?? oneOf(value, OPERATORS)
  for (const { path, type } of columns)
    if (['list', 'struct', 'json'].includes(type.kind))
      refuse(at, `${columnName(path)} (${typeText(type)}) cannot be compared`, 'Only single values can be.')
  if (comparable(left.type) !== comparable(right.type))
    refuse(
      at,
      `${columnName(left.path)} (${typeText(left.type)}) cannot be compared with ${columnName(right.path)} (${typeText(right.type)})`,
      'Give both the same type.',
    )
  if (left.type.kind === 'boolean' && operator !== '=' && operator !== '<>')
    refuse(value, `${operator} of booleans`, "Write '=' or '<>'.")
  return { kind: 'compare', columns: [left.path, right.path], operator }
}

function condition(entry: YamlMapping, rule: YamlValue, scope: QualityScope): RuleBody {
  const columns = entry.get('columns')
  const own = scope.at === 'property' ? scope.column.path : undefined
  if (columns && own) refuse(columns, 'condition has no columns here', 'It is about the property that it stands at.')
  if (own?.includes(EACH))
    refuse(rule, `conditions about items (${columnName(own)}) are not checked`, 'Move the entry to the array.')
  const sql = readConditionSql(entry, { column: own, objects: [] })
  if (!sql) refuse(rule, 'condition without SQL', "Write sql: 'year >= 2013'.")
  const told = columns ? list(columns).map(column => readColumn(column, scope.columns).path) : []
  return { kind: 'condition', columns: own ? [own] : told, sql }
}

function rowCountChange(entry: YamlMapping, rule: YamlValue): RuleBody {
  const [decrease, increase] = [entry.get('maxDecrease'), entry.get('maxIncrease')]
  if (!decrease && !increase)
    refuse(rule, 'rowCountChange without a bound', 'Write maxDecrease: 10%, or maxIncrease: 50%.')
  return {
    kind: 'rowCountChange',
    ...(decrease ? { maxDecrease: readShare(decrease, 1) } : {}),
    ...(increase ? { maxIncrease: readShare(increase, undefined) } : {}),
  }
}
