import { nounText } from '../../model/count-text.js'
import type { SuggestedProperty } from './property.js'
import { propertyLines, type SuggestedRelationship } from './property-text.js'
import { yamlText } from './yaml-scalar.js'

/** A contract to be written. */
export interface SuggestedContract {
  /** Name of the data set, and of the contract. */
  readonly dataset: string
  /** Lines of the comment at the top. */
  readonly head: readonly string[]
  readonly properties: readonly SuggestedProperty[]
  /** Names of the fields that are the primary key. */
  readonly key: readonly string[]
  readonly freshness: { readonly value: number; readonly unit: 'h' | 'd'; readonly evidence: string } | undefined
  readonly rowCount: { readonly least: number; readonly evidence: string } | undefined
  readonly relationships: readonly SuggestedRelationship[]
  /** Lines of the comment below the properties. */
  readonly foot: readonly string[]
}

/** The line of the comment below the properties about fields of the documents that are not among them, if there are any. */
export function leftLines(left: readonly string[]): readonly string[] {
  if (left.length === 0) return []
  return [`${nounText(left.length, 'more field')}, which no contract can name or describe: they are kept in _extra.`]
}

/** The file, in YAML: everything in it is either read by the parser or a comment that tells the evidence. */
export function contractText(contract: SuggestedContract): string {
  const { dataset, head, properties, key, freshness, rowCount, foot } = contract
  const lines = [
    ...head.map(line => `# ${line}`),
    'apiVersion: v3.1.0',
    'kind: DataContract',
    `id: ${yamlText(dataset)}`,
    `name: ${yamlText(dataset)}`,
    'version: 0.1.0',
    'status: draft',
    ...(freshness
      ? [
          'slaProperties:',
          `  - {property: freshness, value: ${freshness.value}, unit: ${freshness.unit}} # ${freshness.evidence}`,
        ]
      : []),
    'schema:',
    `  - name: ${yamlText(dataset)}`,
    '    properties:',
    ...properties.flatMap(property =>
      propertyLines(property, {
        isKey: property.name !== undefined && key.includes(property.name),
        relationships: contract.relationships.filter(({ column }) => column === property.name),
      }).map(line => `      ${line}`),
    ),
    ...foot.map(line => `      # ${line}`),
    ...(rowCount
      ? [
          '    quality:',
          `      - metric: rowCount # ${rowCount.evidence}`,
          `        mustBeGreaterOrEqualTo: ${rowCount.least}`,
        ]
      : []),
  ]
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`
}
