import { conditionText } from '../../model/condition-text.js'
import type { RuleResult } from '../../model/result.js'
import { type Rule, ruleColumn } from '../../model/rule.js'
import type { Count } from './counts.js'
import type { DatasetOutcome } from './dataset-outcome.js'

export function ruleResult(rule: Rule, outcome: Count | DatasetOutcome): RuleResult {
  const { id, kind, severity, message, description, threshold, thresholdExclusive, maxViolated, where } = rule
  const { checked, violated } = outcome
  return {
    id,
    kind,
    column: ruleColumn(rule),
    severity,
    message,
    ...(description === undefined ? {} : { description }),
    threshold,
    ...(thresholdExclusive === undefined ? {} : { thresholdExclusive }),
    ...(maxViolated === undefined ? {} : { maxViolated }),
    ...(where === undefined ? {} : { where: conditionText(where) }),
    ...('observed' in outcome && outcome.observed !== undefined ? { observed: outcome.observed } : {}),
    checked,
    violated,
    status: passes(rule, checked, violated) ? 'pass' : 'fail',
  }
}

/** Whether so few violations are within what the rule allows. A rule that applied to nothing holds. */
export function passes(
  { threshold, thresholdExclusive, maxViolated }: Pick<Rule, 'threshold' | 'thresholdExclusive' | 'maxViolated'>,
  checked: number,
  violated: number,
): boolean {
  if (violated === 0) return true
  if (maxViolated !== undefined && violated > maxViolated) return false
  // Counts are whole, so the quotient is the double nearest to the share, as the threshold is to what was meant.
  const share = (checked - violated) / checked
  return thresholdExclusive ? share > threshold : share >= threshold
}
