import { plainNumber } from '../compile/plain-number.js'
import type { DatasetRule } from '../compile/plan.js'
import { instantText } from './cell-json.js'
import { isWithin, type OwnNumber } from './own-number.js'

/** What is known of a run as a whole, for the rules about it. */
export interface DatasetFacts {
  /** In the parts. */
  readonly documents: number
  /** Those that `where` of a rowCount rule leaves, by the rule's id. */
  readonly counted: ReadonlyMap<string, number>
  /** The newest instant that a freshness rule asks for, in microseconds since 1970, by the rule's id. */
  readonly newest: ReadonlyMap<string, bigint | null>
  /** What the SQL of a contract's own gave, by the rule's id. */
  readonly numbers: ReadonlyMap<string, OwnNumber>
  /** RFC 3339: when the run began. */
  readonly startedAt: string
  /** Documents in the parts of the run before; undefined when there is none. */
  readonly previous: number | undefined
}

export interface DatasetOutcome {
  readonly checked: 0 | 1
  readonly violated: 0 | 1
  readonly observed?: string
}

export function datasetOutcome(rule: DatasetRule, facts: DatasetFacts): DatasetOutcome {
  switch (rule.kind) {
    case 'rowCount': {
      const documents = rule.where === undefined ? facts.documents : (facts.counted.get(rule.id) ?? 0)
      const within = documents >= (rule.min ?? 0) && documents <= (rule.max ?? Number.POSITIVE_INFINITY)
      return outcome(within, String(documents))
    }
    case 'rowCountChange': {
      const { documents, previous } = facts
      if (previous === undefined || previous === 0) return { checked: 0, violated: 0 }
      // Whole numbers each, so the quotient is the double nearest to the share, as the bound is to what was meant.
      const change = (documents - previous) / previous
      const within =
        -change <= (rule.maxDecrease ?? Number.POSITIVE_INFINITY) &&
        change <= (rule.maxIncrease ?? Number.POSITIVE_INFINITY)
      return outcome(within, plainNumber(change))
    }
    case 'freshness': {
      const newest = facts.newest.get(rule.id) ?? null
      if (newest === null) return outcome(false)
      const oldest = BigInt(Date.parse(facts.startedAt)) * 1000n - BigInt(Math.round(rule.seconds * 1e6))
      return outcome(newest >= oldest, instantText(newest))
    }
    case 'sql': {
      const found = facts.numbers.get(rule.id)
      return found?.kind === 'number' ? outcome(isWithin(found.text, rule.bounds), found.text) : outcome(false)
    }
  }
}

function outcome(satisfied: boolean, observed?: string): DatasetOutcome {
  return { checked: 1, violated: satisfied ? 0 : 1, ...(observed === undefined ? {} : { observed }) }
}
