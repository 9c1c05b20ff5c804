import type { DatasetConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { ContractView } from '../http/pipeline-contract.js'
import { typeText } from '../model/column.js'
import type { Contract } from '../model/contract.js'
import { durationText } from '../model/duration.js'
import { columnName, type NumberBound, type Rule, ruleColumn } from '../model/rule.js'
import { loadDatasetContract } from '../wire.js'

/** What a dataset is held to, as people read it. @throws {@link LakeferryError} `DATASET_NO_CONTRACT`, `CONTRACT_…` */
export async function contractView(dataset: DatasetConfig): Promise<ContractView> {
  const contract = await loadDatasetContract(dataset)
  if (contract === undefined) throw new LakeferryError('DATASET_NO_CONTRACT', { dataset: dataset.name })
  return viewOf(dataset.name, contract)
}

function viewOf(dataset: string, contract: Contract): ContractView {
  const { id, version, name, description, fingerprint, freshnessSeconds, keyColumns, columns, rules, notes } = contract
  return {
    ...{ dataset, id, version, name, description: description ?? null, fingerprint },
    freshnessSeconds: freshnessSeconds ?? null,
    keyColumns: keyColumns.map(columnName),
    columns: columns.map(({ name, type }) => ({ name, type: typeText(type), note: notes[name] ?? null })),
    rules: rules.map(rule => {
      const { id, kind, severity, message, description, threshold } = rule
      return {
        ...{ id, kind, column: ruleColumn(rule), severity, message, threshold },
        ...{ description: description ?? null, expects: expects(rule) },
      }
    }),
    source: contract.source ?? null,
  }
}

/** What has to hold, after the name of the column. */
function expects(rule: Rule): string {
  switch (rule.kind) {
    case 'type':
      return rule.expected
    case 'required':
      return 'is there, and not null'
    case 'notEmpty':
      return 'has a value that is not empty'
    case 'notMissing':
      return `is there, and none of ${listed(rule.values)}`
    case 'pattern':
      return `matches ${rule.pattern}`
    case 'minimum':
      return `${rule.exclusive ? 'above' : 'at least'} ${rule.bound}`
    case 'maximum':
      return `${rule.exclusive ? 'below' : 'at most'} ${rule.bound}`
    case 'multipleOf':
      return `a multiple of ${rule.bound}`
    case 'minLength':
      return `at least ${rule.bound} characters`
    case 'maxLength':
      return `at most ${rule.bound} characters`
    case 'enum':
      return `one of ${listed(rule.values)}`
    case 'minItems':
      return `at least ${rule.bound} items`
    case 'maxItems':
      return `at most ${rule.bound} items`
    case 'uniqueItems':
      return 'no two items are equal'
    case 'unique':
      return 'no two documents have the same'
    case 'foreignKey':
      return `one of ${rule.to.map(column => `${rule.dataset}.${columnName(column)}`).join(', ')}`
    case 'anyOf':
      return 'one of them has a value'
    case 'compare':
      return rule.columns.map(columnName).join(` ${rule.operator} `)
    case 'condition':
      return rule.sql.duckdb ?? rule.sql.spark ?? ''
    case 'rowCount':
      return `documents: ${[bound('at least', rule.min), bound('at most', rule.max)].filter(Boolean).join(', ')}`
    case 'rowCountChange':
      return `documents against the run before: ${[share('fall', rule.maxDecrease), share('rise', rule.maxIncrease)].filter(Boolean).join(', ')}`
    case 'freshness':
      return `the newest is at most ${durationText(rule.seconds)} old`
    case 'sql':
      return `${rule.sql.duckdb ?? rule.sql.spark ?? ''} gives ${rule.bounds.map(boundText).join(' and ')}`
  }
}

function listed(values: readonly (string | number | boolean)[]): string {
  return values.map(value => JSON.stringify(value)).join(', ')
}

function bound(word: string, value: number | undefined): string {
  return value === undefined ? '' : `${word} ${value}`
}

/** Rounded where multiplying by 100 brings in digits that nobody wrote. */
function share(word: string, value: number | undefined): string {
  return value === undefined ? '' : `${word} by at most ${Number((value * 100).toFixed(9))}%`
}

function boundText(bound: NumberBound): string {
  if ('from' in bound) return `${bound.operator === 'between' ? '' : 'not '}${bound.from} to ${bound.to}`
  const words = {
    equal: '',
    notEqual: 'not ',
    above: 'more than ',
    atLeast: 'at least ',
    below: 'less than ',
    atMost: 'at most ',
  }
  return `${words[bound.operator]}${bound.value}`
}
