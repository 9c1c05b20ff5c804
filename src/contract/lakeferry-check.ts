import { readColumns } from './column-lookup.js'
import type { QualityScope } from './quality.js'
import type { RuleBody } from './rule-list.js'
import { isMapping, mapping, oneOf, refuse, refuseType, type YamlMapping, type YamlValue } from './yaml-file.js'

const CHECKS = ['notEmpty', 'anyOf'] as const

/** The `implementation` of a `type: custom` entry of ours. */
export function readImplementation(value: YamlValue): YamlMapping {
  if (!isMapping(value)) refuseType(value, 'a mapping', 'Write implementation: {rule: notEmpty}, without a |.')
  return mapping(value, ['rule', 'columns', 'message'])
}

/** What ODCS's library cannot say: `{rule: notEmpty}` at a property, `{rule: anyOf, columns: [ … ]}` at the schema. */
export function lakeferryRule(entry: YamlMapping, scope: QualityScope): RuleBody {
  const rule = entry.need('rule', `Write rule: ${CHECKS.join(' or ')}.`)
  const columns = entry.get('columns')
  switch (oneOf(rule, CHECKS)) {
    case 'notEmpty':
      if (scope.at === 'schema')
        return refuse(rule, 'notEmpty is about one property', 'Move the entry to the quality of that property.')
      if (columns) refuse(columns, 'notEmpty has no columns', 'It is about the property that it stands at.')
      return { kind: 'notEmpty', column: scope.column.path }
    case 'anyOf': {
      if (scope.at === 'property')
        return refuse(rule, 'anyOf is about several columns', 'Move the entry to the quality of the schema object.')
      if (!columns) refuse(rule, 'anyOf without columns', 'Write columns: [author, authors].')
      return { kind: 'anyOf', columns: readColumns(columns, scope.columns, 2).map(column => column.path) }
    }
  }
}
