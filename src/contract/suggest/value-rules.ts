import type { ColumnType } from '../../model/column.js'
import { countText, nounText } from '../../model/count-text.js'
import { ENOUGH_VALUES, type Ends, type Facts, type ListedValue, MAX_UNIQUE_LENGTH } from './facts.js'
import { fixedLength, type TextPattern } from './text-patterns.js'
import { widenedCount, widenedInstants, widenedRange } from './widen.js'

/** Rules about the values of one place, each with its evidence. */
export interface SuggestedRules {
  /** Of `logicalTypeOptions`, in the order to write them in. */
  readonly options: readonly SuggestedOption[]
  readonly validValues?: { readonly values: readonly (string | number)[]; readonly evidence: string }
  /** Evidence. */
  readonly unique?: string
  readonly remarks: readonly string[]
}

export interface SuggestedOption {
  readonly key: string
  readonly value: number | string | boolean
  readonly evidence: string
}

/** Of so many values each, on average, and at least so often: a list that is likely to be all there is. */
const MANY_EACH = 10
const LEAST_EACH = 3

/** Numbers are listed where they are codes: few, and far from all between the least and the greatest. */
const MAX_LISTED_NUMBERS = 8
const MANY_OF_A_NUMBER = 50
const SPARSE = 3

/** Forms that many texts have by chance need so many times more of them. */
const GENERIC_FACTOR = 5

/** Numbers drawn at random from between the ends would have had so many pairs of equals. */
const CHANCE_PAIRS = 10

export function valueRules(name: string, type: ColumnType, facts: Facts): SuggestedRules {
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return textRules(type, facts)
    case 'int32':
    case 'int64':
      return wholeRules(name, facts)
    case 'double':
    case 'decimal':
      return {
        options: facts.values < ENOUGH_VALUES ? [] : rangeOptions(facts.range, type),
        remarks: rangeRemarks(facts),
      }
    case 'timestamp':
      return { options: instantOptions(facts), remarks: [] }
    case 'list':
      return { options: sizeOptions(facts), remarks: [] }
    default:
      return { options: [], remarks: [] }
  }
}

function rangeRemarks({ values, range }: Facts): string[] {
  if (values < ENOUGH_VALUES) return []
  if (!range) return ['NaN or infinite values: no range']
  return range.min === range.max ? [`always ${range.min}`] : []
}

function textRules({ kind }: ColumnType, facts: Facts): SuggestedRules {
  const { values, lengths, listed } = facts
  if (values < ENOUGH_VALUES || !lengths) return { options: [], remarks: [] }
  if (lengths.max === 0) return { options: [], remarks: ['every text is empty'] }
  const unique = uniqueTexts(facts)
  // The column's own type says what an ObjectId looks like.
  if (kind === 'objectId') return { options: [], ...unique, remarks: [] }
  if (listed && areAll(listed, facts))
    return { options: [], validValues: { values: sortedValues(listed), evidence: listEvidence(listed) }, remarks: [] }
  const few = listed ? [`${countText(listed.length)} different values, the rarest ${times(rarest(listed))}`] : []
  return { options: formOptions(facts, lengths), ...unique, remarks: [...few, ...nearlyUnique(facts)] }
}

/** The list is short, each value is there many times, and it says something. */
function areAll(listed: readonly ListedValue[], { values, withNul }: Facts): boolean {
  return (
    values >= ENOUGH_VALUES &&
    values >= MANY_EACH * listed.length &&
    rarest(listed) >= LEAST_EACH &&
    !withNul &&
    listed.some(({ value }) => value !== '')
  )
}

function rarest(listed: readonly ListedValue[]): number {
  return Math.min(...listed.map(({ count }) => count))
}

function sortedValues(listed: readonly ListedValue[]): (string | number)[] {
  return listed.map(({ value }) => value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

function listEvidence(listed: readonly ListedValue[]): string {
  const [only, ...others] = listed
  return others.length === 0
    ? `the only value, ${times(only?.count ?? 0)}`
    : `${countText(listed.length)} values, the rarest ${times(rarest(listed))}`
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${countText(count)} times`
}

/** Nearly: what is meant to be a key, and has defects. */
const NEARLY = 0.98

function nearlyUnique({ values, distinct = 0 }: Facts): string[] {
  return values >= ENOUGH_VALUES && distinct < values && distinct >= NEARLY * values
    ? [`nearly unique: ${countText(distinct)} different values in ${countText(values)}`]
    : []
}

function uniqueTexts({ values, distinct, lengths }: Facts): { unique?: string } {
  const short = lengths !== undefined && lengths.max <= MAX_UNIQUE_LENGTH
  return short && values >= ENOUGH_VALUES && distinct === values ? { unique: uniqueEvidence(values) } : {}
}

function uniqueEvidence(values: number): string {
  return `${countText(values)} values, no two of them the same`
}

function formOptions(
  { values, form, empty = 0, filledLengths = { min: 0, max: 0 } }: Facts,
  lengths: Ends,
): SuggestedOption[] {
  const filled = values - empty
  const found = form && filled >= ENOUGH_VALUES * (form.generic ? GENERIC_FACTOR : 1) ? form : undefined
  const { min, max } = filledLengths
  const fixed = min === max
  const pattern = found && (fixed ? fixedLength(found.pattern, max) : found.pattern)
  const seen =
    lengths.min === lengths.max
      ? `all of ${lengths.max}`
      : `from ${countText(lengths.min)} to ${countText(lengths.max)}`
  const matching =
    empty > 0
      ? `${countText(filled)} values match, ${countText(empty)} are empty`
      : `all ${countText(values)} values match`
  return [
    ...(found && pattern !== undefined
      ? [{ key: 'pattern', value: empty > 0 ? `(?:${pattern})?` : pattern, evidence: `${found.what}: ${matching}` }]
      : []),
    // What a pattern says already need not be said twice.
    ...(empty === 0 && !found ? [{ key: 'minLength', value: 1, evidence: 'none is empty' }] : []),
    ...(lengthIsFixed(found, pattern)
      ? []
      : [{ key: 'maxLength', value: widenedCount(lengths.max), evidence: `${seen} characters` }]),
  ]
}

function lengthIsFixed(form: TextPattern | undefined, pattern: string | undefined): boolean {
  return form !== undefined && (form.minLength === form.maxLength || pattern !== form.pattern)
}

function wholeRules(name: string, facts: Facts): SuggestedRules {
  const { values, listed, range, distinct } = facts
  if (values < ENOUGH_VALUES || !range) return { options: [], remarks: [] }
  const width = range.max - range.min + 1
  if (listed && areAll(listed, facts)) {
    const few = listed.length <= MAX_LISTED_NUMBERS && values >= MANY_OF_A_NUMBER * listed.length
    const exact = listed.every(({ value }) => Number.isSafeInteger(value))
    if (few && exact && listed.length > 1 && width >= SPARSE * listed.length)
      return { options: [], validValues: { values: sortedValues(listed), evidence: listEvidence(listed) }, remarks: [] }
  }
  const options = rangeOptions(range, { kind: 'int64' })
  if (distinct !== values) return { options, remarks: rangeRemarks(facts) }
  const byChance = values ** 2 / (2 * width)
  return byChance >= CHANCE_PAIRS || /(?:^|[_-])id$|[a-z]I[dD]$/.test(name)
    ? { options, unique: uniqueEvidence(values), remarks: [] }
    : { options, remarks: ['no two values are the same, which may be chance: unique: true if it is meant'] }
}

function rangeOptions(range: Ends | undefined, type: ColumnType): SuggestedOption[] {
  if (!range) return []
  const { minimum, maximum } = widenedRange(range.min, range.max)
  const evidence = `from ${range.min} to ${range.max}`
  // A decimal has no room for larger bounds, nor for larger values.
  const fits = (bound: number): boolean =>
    type.kind !== 'decimal' || Math.abs(bound) < 10 ** (type.precision - type.scale)
  return [
    ...(minimum !== undefined && fits(minimum) ? [{ key: 'minimum', value: minimum, evidence }] : []),
    ...(maximum !== undefined && fits(maximum) ? [{ key: 'maximum', value: maximum, evidence }] : []),
  ]
}

function instantOptions({ values, range }: Facts): SuggestedOption[] {
  if (values < ENOUGH_VALUES || !range) return []
  const { minimum, maximum } = widenedInstants(range.min, range.max)
  const evidence = `from ${instantText(range.min)} to ${instantText(range.max)}`
  return [
    ...(minimum === undefined ? [] : [{ key: 'minimum', value: minimum, evidence }]),
    ...(maximum === undefined ? [] : [{ key: 'maximum', value: maximum, evidence }]),
  ]
}

function instantText(ms: number): string {
  const instant = new Date(ms)
  return Number.isNaN(instant.getTime()) ? `${ms} ms` : instant.toISOString()
}

function sizeOptions({ values, items, longer = 0, repeating }: Facts): SuggestedOption[] {
  if (values < ENOUGH_VALUES || !items || items.max === 0) return []
  const evidence = `from ${countText(items.min)} to ${nounText(items.max, 'element')}`
  return [
    ...(items.min > 0 ? [{ key: 'minItems', value: 1, evidence }] : []),
    { key: 'maxItems', value: widenedCount(items.max), evidence },
    ...(repeating === 0 && longer >= ENOUGH_VALUES
      ? [
          {
            ...{ key: 'uniqueItems', value: true },
            evidence: `none is twice in one of the ${countText(longer)} lists of two elements or more`,
          },
        ]
      : []),
  ]
}
