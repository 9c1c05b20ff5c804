import type { Plan } from '../plan.js'
import type { OwnName } from './identifier.js'
import { predicateOf } from './predicate.js'
import { duplicatesJoin, isDuplicate } from './unique.js'

export interface DocumentFlags {
  /** A column for each of `plan.documentRules`: whether the document violates it. For a SELECT list. */
  readonly columns: readonly string[]
  /** Their names. */
  readonly names: readonly string[]
  /** `data` with what the unique rules need. For FROM. */
  readonly from: string
}

export function documentFlags(plan: Plan, own: OwnName): DocumentFlags {
  const names = plan.documentRules.map((_, index) => own(`v${index}`))
  const columns = plan.documentRules.map((rule, index) => {
    const violated = rule.kind === 'unique' ? isDuplicate(index, own) : predicateOf(rule, plan.columns).violated
    return `${violated} AS ${names[index]}`
  })
  const joins = plan.documentRules.flatMap((rule, index) =>
    rule.kind === 'unique' ? [duplicatesJoin(rule, index, own)] : [],
  )
  return { columns, names, from: ['data', ...joins].join('\n') }
}

/** TRUE when one of them is; FALSE of none. */
export function anyOf(flags: readonly string[]): string {
  return flags.length === 0 ? 'FALSE' : `(${flags.join(' OR ')})`
}
