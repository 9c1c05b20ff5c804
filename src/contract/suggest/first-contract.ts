import type { Census } from '../../model/census.js'
import { nounText } from '../../model/count-text.js'
import { contractText, leftLines } from './contract-text.js'
import { placesOf } from './place.js'
import { propertyOf, type SuggestedProperty } from './property.js'

export interface FirstContract {
  /** The contract, in YAML. */
  readonly text: string
  /** At the top. */
  readonly fields: number
  /** Fields that no contract can name. */
  readonly left: readonly string[]
}

/**
 * A contract of fields and types, to begin with, from a census of some documents of a collection. It has no rules: that a
 * field is in each of a thousand documents does not mean that it is in the others.
 *
 * @returns undefined when the documents have no field that a contract could describe
 */
export function firstContract(dataset: string, census: Census): FirstContract | undefined {
  const { fields, left } = placesOf(census, [], false)
  if (fields.length === 0) return undefined
  const properties = fields.map(place => withoutRules(propertyOf(place, ({ taken }) => ({ values: taken }), false)))
  const text = contractText({
    dataset,
    head: [
      `From ${nounText(census.documents, 'document')} of the collection: its fields and their types, and no rules yet.`,
      `After an export, \`lakeferry contract suggest ${dataset}\` finds those that all documents keep.`,
    ],
    properties,
    key: [],
    freshness: undefined,
    rowCount: undefined,
    relationships: [],
    foot: leftLines(left),
  })
  return { text, fields: fields.length, left }
}

function withoutRules(property: SuggestedProperty): SuggestedProperty {
  return {
    ...property,
    required: undefined,
    rules: { options: [], remarks: [] },
    // Those on rules that would have been: nobody has looked at the values.
    remarks: property.remarks.filter(remark => !property.rules.remarks.includes(remark)),
    fields: property.fields.map(withoutRules),
    element: property.element && withoutRules(property.element),
  }
}
