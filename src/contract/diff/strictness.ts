import { canonicalJson } from '../../model/canonical-json.js'
import { DATASET_KINDS, type Rule, ruleColumn } from '../../model/rule.js'

/**
 * How the demands of one rule compare with those of another of the same kind and columns: each document that satisfies the
 * `tighter` one satisfies the other. `different`: neither can be told of the other.
 */
export type Strictness = 'same' | 'tighter' | 'looser' | 'different'

/** What the second rule is to the first, in its body, its threshold and its condition together. */
export function strictness(before: Rule, after: Rule): Strictness {
  return [bodyStrictness(before, after), thresholdStrictness(before, after), whereStrictness(before, after)].reduce(
    both,
  )
}

function both(a: Strictness, b: Strictness): Strictness {
  if (a === 'same' || a === b) return b
  return b === 'same' ? a : 'different'
}

/** Whether a greater number is the tighter one. */
function byNumber(before: number | undefined, after: number | undefined, greaterIsTighter: boolean): Strictness {
  if (before === after) return 'same'
  if (before === undefined) return 'tighter'
  if (after === undefined) return 'looser'
  return after > before === greaterIsTighter ? 'tighter' : 'looser'
}

function bodyStrictness(before: Rule, after: Rule): Strictness {
  if (before.kind !== after.kind || (after.kind !== 'anyOf' && ruleColumn(before) !== ruleColumn(after)))
    return 'different'
  switch (after.kind) {
    case 'minimum':
    case 'maximum': {
      const old = before as typeof after
      const bound = byNumber(position(old.bound), position(after.bound), after.kind === 'minimum')
      // At one bound, leaving it out is tighter; at two, the bounds decide.
      return bound === 'same' ? byNumber(Number(old.exclusive), Number(after.exclusive), true) : bound
    }
    case 'minLength':
    case 'minItems':
      return byNumber((before as typeof after).bound, after.bound, true)
    case 'maxLength':
    case 'maxItems':
      return byNumber((before as typeof after).bound, after.bound, false)
    case 'enum':
      return bySet((before as typeof after).values, after.values, 'looser')
    case 'notMissing':
      return bySet((before as typeof after).values, after.values, 'tighter')
    case 'multipleOf': {
      const [old, now] = [(before as typeof after).bound, after.bound]
      if (old === now) return 'same'
      if (Number.isInteger(now / old)) return 'tighter'
      return Number.isInteger(old / now) ? 'looser' : 'different'
    }
    case 'rowCount': {
      const old = before as typeof after
      return both(byNumber(old.min, after.min, true), byNumber(old.max, after.max, false))
    }
    case 'rowCountChange': {
      const old = before as typeof after
      const decrease = byNumber(old.maxDecrease, after.maxDecrease, false)
      return both(decrease, byNumber(old.maxIncrease, after.maxIncrease, false))
    }
    case 'freshness':
      return byNumber((before as typeof after).seconds, after.seconds, false)
    case 'anyOf':
      return bySet(before.kind === 'anyOf' ? before.columns.map(text) : [], after.columns.map(text), 'looser')
    default:
      return bodyText(before) === bodyText(after) ? 'same' : 'different'
  }
}

const text = (path: readonly string[]): string => JSON.stringify(path)

function position(bound: number | string): number {
  return typeof bound === 'number' ? bound : Date.parse(bound)
}

/** @param more - what a rule is that lists more */
function bySet<T>(before: readonly T[], after: readonly T[], more: 'tighter' | 'looser'): Strictness {
  const grown = after.some(value => !before.includes(value))
  const shrunk = before.some(value => !after.includes(value))
  if (grown && shrunk) return 'different'
  if (grown) return more
  return shrunk ? (more === 'tighter' ? 'looser' : 'tighter') : 'same'
}

/** How many documents may violate it: a share, or a number of them where the contract counts. */
function thresholdStrictness(before: Rule, after: Rule): Strictness {
  const [old, now] = [before, after].map(({ threshold, thresholdExclusive, maxViolated }) => ({
    // None at all is the same, said as a share or as a number.
    most: maxViolated ?? (threshold === 1 ? 0 : undefined),
    share: maxViolated === undefined ? threshold : undefined,
    exclusive: thresholdExclusive === true,
  })) as [Allowed, Allowed]
  if (old.most !== undefined && now.most !== undefined) return byNumber(old.most, now.most, false)
  if (old.share === undefined || now.share === undefined) {
    // "At most 10" and "at most 2 percent": which one is more depends on how many there are. "None" is less than either.
    return old.most === 0 ? 'looser' : now.most === 0 ? 'tighter' : 'different'
  }
  const share = byNumber(old.share, now.share, true)
  return share === 'same' ? byNumber(Number(old.exclusive), Number(now.exclusive), true) : share
}

interface Allowed {
  readonly most: number | undefined
  readonly share: number | undefined
  readonly exclusive: boolean
}

/** A condition leaves documents out. */
function whereStrictness(before: Rule, after: Rule): Strictness {
  if (canonicalJson(before.where ?? null) === canonicalJson(after.where ?? null)) return 'same'
  // Leaving documents out may move a share either way, and a number about the data set, too.
  const counted = [before, after].every(({ threshold, maxViolated }) => threshold === 1 || maxViolated !== undefined)
  if (!counted || (DATASET_KINDS as readonly string[]).includes(after.kind)) return 'different'
  if (before.where === undefined) return 'looser'
  return after.where === undefined ? 'tighter' : 'different'
}

const TOLD = ['id', 'severity', 'message', 'description', 'threshold', 'thresholdExclusive', 'maxViolated', 'where']

/** The rule without what is told about it. */
export function bodyText(rule: Rule): string {
  return canonicalJson(Object.fromEntries(Object.entries(rule).filter(([key]) => !TOLD.includes(key))))
}
