import type { RuleResult, Violation } from '../model/result.js'
import { isDatasetRule } from './verdict.js'

/** Violations kept of each rule, for the reports. */
export const SAMPLES_PER_RULE = 5

/**
 * The first few violations of each rule, in the order they come. Stops reading as soon as no rule wants more, and holds
 * no more than `rules × perRule` of them at any time.
 */
export async function sampleViolations(
  violations: AsyncIterable<Violation> | Iterable<Violation>,
  rules: readonly RuleResult[],
  perRule: number = SAMPLES_PER_RULE,
): Promise<Violation[]> {
  // A rule about the data set has no documents to show: waiting for one would read everything.
  const ofDocuments = rules.filter(rule => !isDatasetRule(rule))
  const wanted = new Map(ofDocuments.map(rule => [rule.id, Math.min(rule.violated, perRule)]))
  let open = [...wanted.values()].reduce((sum, count) => sum + count, 0)
  const samples: Violation[] = []
  if (open === 0) return samples
  for await (const violation of violations) {
    const left = wanted.get(violation.rule) ?? 0
    if (left === 0) continue
    wanted.set(violation.rule, left - 1)
    samples.push(violation)
    open -= 1
    if (open === 0) break
  }
  return samples
}

export function samplesOf(rule: Pick<RuleResult, 'id'>, samples: readonly Violation[]): Violation[] {
  return samples.filter(sample => sample.rule === rule.id)
}
