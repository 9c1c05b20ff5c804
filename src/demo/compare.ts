import type { Violation } from '../model/result.js'
import type { PlantedDefects } from './planted.js'

export interface Comparison {
  /** Number of pairs of a rule and a document that violates it. */
  readonly planted: number
  readonly reported: number
  /** Planted and not reported, as `rule id`; and the other way round. */
  readonly missing: readonly string[]
  readonly unexpected: readonly string[]
  /** How many of these documents, all of them planted for the rule, it was reported for. */
  found(rule: string, ids: readonly string[]): number
}

/** Holds what was reported against what was planted, document by document. */
export async function comparePlanted(
  planted: PlantedDefects,
  violations: AsyncIterable<Pick<Violation, '_id' | 'rule'>>,
): Promise<Comparison> {
  const waiting = new Set<string>()
  const key = (rule: string, id: string): string => `${rule} ${id}`
  for (const [rule, ids] of planted.expected) for (const id of ids) waiting.add(key(rule, id))
  const count = waiting.size
  const unexpected: string[] = []
  let reported = 0
  for await (const { _id, rule } of violations) {
    reported++
    // One that is told twice is unexpected the second time.
    if (!waiting.delete(key(rule, _id))) unexpected.push(key(rule, _id))
  }
  const found = (rule: string, ids: readonly string[]): number => ids.filter(id => !waiting.has(key(rule, id))).length
  return { planted: count, reported, missing: [...waiting], unexpected, found }
}
