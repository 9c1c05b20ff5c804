import { type Rule, ruleColumn } from '../../model/rule.js'

/** The rules of two contracts, each rule in one place. */
export interface RuleMatch {
  readonly pairs: readonly (readonly [before: Rule, after: Rule])[]
  readonly removed: readonly Rule[]
  readonly added: readonly Rule[]
}

/**
 * Which rule became which: first those of one id, kind and columns; then of one kind and columns, since an id may be
 * changed at will; then of one id alone. That columns are of a type is the columns' to tell.
 */
export function matchRules(before: readonly Rule[], after: readonly Rule[]): RuleMatch {
  let [removed, added] = [[...before], [...after]]
  const pairs: (readonly [Rule, Rule])[] = []
  for (const sameAs of [subjectAndId, subject, id]) {
    for (const rule of [...removed]) {
      const partner = added.find(other => sameAs(other) === sameAs(rule))
      if (!partner) continue
      pairs.push([rule, partner])
      removed = removed.filter(other => other !== rule)
      added = added.filter(other => other !== partner)
    }
  }
  const ofColumn = ({ kind }: Rule): boolean => kind === 'type'
  return {
    pairs: pairs.toSorted(([a], [b]) => before.indexOf(a) - before.indexOf(b)),
    removed: removed.filter(rule => !ofColumn(rule)),
    added: added.filter(rule => !ofColumn(rule)),
  }
}

const subject = (rule: Rule): string => JSON.stringify([rule.kind, ruleColumn(rule)])
const id = (rule: Rule): string => rule.id
const subjectAndId = (rule: Rule): string => JSON.stringify([rule.kind, ruleColumn(rule), rule.id])
