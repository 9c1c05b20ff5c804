import type { SuggestedProperty } from './property.js'
import { typeWords } from './type-words.js'
import { yamlText, yamlValue } from './yaml-scalar.js'

/** That the values of a column are those of a column of another data set. */
export interface SuggestedRelationship {
  readonly column: string
  readonly dataset: string
  readonly to: string
  readonly evidence: string
}

export interface PropertyTextOptions {
  readonly isKey: boolean
  readonly relationships: readonly SuggestedRelationship[]
}

const WITHIN: PropertyTextOptions = { isKey: false, relationships: [] }

/** The lines of one entry of `properties`, the first with its dash. */
export function propertyLines(property: SuggestedProperty, options: PropertyTextOptions): readonly string[] {
  return entryOf([`name: ${yamlText(property.name ?? '')}`, ...bodyLines(property, options)])
}

function bodyLines(property: SuggestedProperty, { isKey, relationships }: PropertyTextOptions): readonly string[] {
  const { type, seen, required, misfits, rules, remarks, fields, element } = property
  const { logical, physical } = typeWords(type)
  const types = [
    ...(logical === undefined ? [] : [`logicalType: ${logical}`]),
    ...(physical === undefined ? [] : [`physicalType: ${physical}`]),
  ]
  return [
    ...types.map((line, at) => (at === 0 ? `${line} # ${seen}` : line)),
    ...remarks.map(remark => `# ${remark}`),
    ...(isKey && rules.unique !== undefined ? [`primaryKey: true # ${rules.unique}`] : []),
    ...(required === undefined ? [] : [`required: true # ${required}`]),
    ...(!isKey && rules.unique !== undefined ? [`unique: true # ${rules.unique}`] : []),
    ...section(
      'logicalTypeOptions',
      rules.options.map(({ key, value, evidence }) => `${key}: ${yamlValue(value)} # ${evidence}`),
    ),
    ...(misfits === undefined ? [] : noteLines(misfits)),
    ...section('quality', rules.validValues ? validValuesLines(rules.validValues) : []),
    ...section('relationships', relationships.flatMap(relationshipLines)),
    ...section(
      'properties',
      fields.flatMap(field => propertyLines(field, WITHIN)),
    ),
    ...section('items', element ? bodyLines(element, WITHIN) : []),
  ]
}

function section(key: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${key}:`, ...lines.map(line => `  ${line}`)]
}

function entryOf([first = '', ...others]: readonly string[]): readonly string[] {
  return [`- ${first}`, ...others.map(line => `  ${line}`)]
}

/** A wrong type is told and fails nothing. */
function noteLines(evidence: string): readonly string[] {
  return [
    'customProperties:',
    ...entryOf(['property: lakeferry', 'value:', `  type: {severity: info} # ${evidence}`]).map(line => `  ${line}`),
  ]
}

function validValuesLines({
  values,
  evidence,
}: NonNullable<SuggestedProperty['rules']['validValues']>): readonly string[] {
  return entryOf([
    `metric: invalidValues # ${evidence}`,
    'mustBe: 0',
    'arguments:',
    `  validValues: [${values.map(yamlValue).join(', ')}]`,
  ])
}

function relationshipLines({ dataset, to, evidence }: SuggestedRelationship): readonly string[] {
  return entryOf([`to: ${yamlText(`${dataset}.${to}`)} # ${evidence}`])
}
