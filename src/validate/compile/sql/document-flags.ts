import type { DocumentRule } from '../plan.js'
import { isDangling, knownKeysJoin } from './foreign-key.js'
import { predicateOf } from './predicate.js'
import { documents, type Scope } from './scope.js'
import { duplicatesJoin, isDuplicate } from './unique.js'

export interface DocumentFlags {
  /** A column for each of `plan.documentRules`: whether the document violates it. For a SELECT list. */
  readonly columns: readonly string[]
  /** Their names. */
  readonly names: readonly string[]
  /** The documents with what the rules about keys need. For FROM. */
  readonly from: string
}

export function documentFlags(scope: Scope): DocumentFlags {
  const { documentRules } = scope.plan
  const names = documentRules.map((_, index) => scope.own(`v${index}`))
  const columns = documentRules.map((rule, index) => {
    const violated = [...ifGiven(index, scope), violatedBy(rule, index, scope)].join(' AND ')
    return `(${violated}) AS ${names[index]}`
  })
  const joins = documentRules.flatMap((rule, index) => {
    // What joins with nothing is not looked for.
    const given = ifGiven(index, scope)
    if (rule.kind === 'unique') return [duplicatesJoin(rule, index, scope, given)]
    return rule.kind === 'foreignKey' ? [knownKeysJoin(rule, index, scope, given)] : []
  })
  return { columns, names, from: [documents(scope), ...joins].join('\n') }
}

function ifGiven(rule: number, { words }: Scope): readonly string[] {
  const name = words.given(rule)
  return name === undefined ? [] : [`:${name}`]
}

function violatedBy(rule: DocumentRule, index: number, scope: Scope): string {
  if (rule.kind === 'unique') return isDuplicate(rule, index, scope)
  if (rule.kind === 'foreignKey') return isDangling(rule, index, scope)
  return predicateOf(rule, scope).violated
}

/** TRUE when one of them is; FALSE of none. */
export function anyOf(flags: readonly string[]): string {
  return flags.length === 0 ? 'FALSE' : `(${flags.join(' OR ')})`
}
