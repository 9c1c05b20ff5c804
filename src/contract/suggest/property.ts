import type { ColumnType } from '../../model/column.js'
import { countText, nounText } from '../../model/count-text.js'
import { EACH } from '../../model/rule.js'
import type { Facts } from './facts.js'
import { typesOf, valuesOf } from './field-tree.js'
import type { Place } from './place.js'
import { typeCounts } from './suggested-type.js'
import { type SuggestedRules, valueRules } from './value-rules.js'

/** A property of the contract to be written; every rule beside the evidence for it. */
export interface SuggestedProperty {
  /** Undefined for the elements of an array. */
  readonly name: string | undefined
  readonly type: ColumnType
  /** What was seen of the type. */
  readonly seen: string
  /** Evidence; undefined where it is not required. */
  readonly required: string | undefined
  /** That some values are of another type, which is then told and not failed. */
  readonly misfits: string | undefined
  readonly rules: SuggestedRules
  /** What is no rule, and worth a thought. */
  readonly remarks: readonly string[]
  readonly fields: readonly SuggestedProperty[]
  readonly element: SuggestedProperty | undefined
}

/** The facts of a place, by the place itself. */
export type FactsOf = (place: Place) => Facts

const NO_RULES: SuggestedRules = { options: [], remarks: [] }

/**
 * The property of a field at the top.
 *
 * @param keep - whether its type is the run's column's, whatever it holds
 */
export function propertyOf(place: Place, factsOf: FactsOf, keep: boolean): SuggestedProperty {
  const { type } = place
  // Values that cannot be read as what the census calls them are better kept as text than made misfits.
  if (!keep && type.kind !== 'json' && !agrees(place, factsOf))
    return {
      ...described(place, factsOf, 'documents'),
      ...{ type: { kind: 'json' }, misfits: undefined, rules: NO_RULES, fields: [], element: undefined },
      remarks: ['some values cannot be held as what they are called'],
    }
  const others = valuesOf(place.counts) - factsOf(place).values
  const misfits =
    type.kind === 'json' || others === 0
      ? undefined
      : others < 0
        ? 'not all types were counted: told, and not failed'
        : `${nounText(others, 'value')} of another type: told, and not failed`
  return { ...described(place, factsOf, 'documents'), misfits }
}

/** Every value that the census counted was met again, here and within. */
function agrees(place: Place, factsOf: FactsOf): boolean {
  if (place.type.kind === 'json') return true
  if (factsOf(place).values !== place.taken) return false
  return place.fields.every(field => agrees(field, factsOf)) && (!place.element || agrees(place.element, factsOf))
}

/** `string in 1,131 of 8,623 documents`, `double 5,320, int 1,984 in 8,623 documents`. */
function seenText({ counts, total }: Place, among: string): string {
  const there = valuesOf(counts)
  const [only, ...others] = typesOf({ counts })
  if (only === undefined) return `no value in ${countText(total)} ${among}`
  if (others.length > 0) return `${typeCounts(counts)} in ${countText(total)} ${among}`
  return there === total
    ? `${only} in all ${countText(total)} ${among}`
    : `${only} in ${countText(there)} of ${countText(total)} ${among}`
}

function described(place: Place, factsOf: FactsOf, among: 'documents' | 'objects' | 'elements'): SuggestedProperty {
  const { path, type, counts, total, remark, left } = place
  const there = valuesOf(counts)
  const found = type.kind === 'json' ? NO_RULES : valueRules(path.at(-1)!, type, factsOf(place))
  // Elements of different documents are nobody's key.
  const { unique: _, ...elementRules } = found
  const rules = path.includes(EACH) ? elementRules : found
  return {
    name: among === 'elements' ? undefined : path.at(-1)!,
    type,
    seen: seenText(place, among),
    required: total > 0 && there === total ? `never missing or null in ${countText(total)} ${among}` : undefined,
    misfits: undefined,
    rules,
    remarks: [
      ...(remark === undefined ? [] : [remark]),
      ...rules.remarks,
      ...(left.length > 0 ? [`${nounText(left.length, 'field')} within it cannot be named and will be in _extra`] : []),
    ],
    fields: place.fields.map(field => described(field, factsOf, 'objects')),
    element: place.element && described(place.element, factsOf, 'elements'),
  }
}
