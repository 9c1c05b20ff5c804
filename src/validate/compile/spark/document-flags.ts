import type { DocumentRule, Plan } from '../plan.js'
import { dataRelation } from './data-relation.js'
import { isDangling, knownKeysJoin } from './foreign-key.js'
import type { OwnName } from './identifier.js'
import { predicateOf } from './predicate.js'
import { duplicatesJoin, isDuplicate } from './unique.js'

export interface DocumentFlags {
  /** A column for each of `plan.documentRules`: whether the document violates it. For a SELECT list. */
  readonly columns: readonly string[]
  /** Their names. */
  readonly names: readonly string[]
  /** `data` with what the rules about keys need. For FROM. */
  readonly from: string
}

export function documentFlags(plan: Plan, own: OwnName): DocumentFlags {
  const names = plan.documentRules.map((_, index) => own(`v${index}`))
  const columns = plan.documentRules.map((rule, index) => `${violatedBy(rule, plan, index, own)} AS ${names[index]}`)
  const joins = plan.documentRules.flatMap((rule, index) => {
    if (rule.kind === 'unique') return [duplicatesJoin(rule, plan, index, own)]
    return rule.kind === 'foreignKey' ? [knownKeysJoin(rule, plan, index, own)] : []
  })
  return { columns, names, from: [dataRelation(plan, own), ...joins].join('\n') }
}

function violatedBy(rule: DocumentRule, plan: Plan, index: number, own: OwnName): string {
  if (rule.kind === 'unique') return isDuplicate(rule, plan, index, own)
  if (rule.kind === 'foreignKey') return isDangling(rule, plan, index, own)
  return predicateOf(rule, plan, own).violated
}

/** TRUE when one of them is; FALSE of none. */
export function anyOf(flags: readonly string[]): string {
  return flags.length === 0 ? 'FALSE' : `(${flags.join(' OR ')})`
}
