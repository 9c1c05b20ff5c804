import { isBackup } from '../../config/config.js'
import { yamlText } from '../../contract/suggest/yaml-scalar.js'
import { redactUri } from '../../model/redact-uri.js'

/** What the variable is called that a connection string with a password comes from. */
export const URI_VARIABLE = 'MONGODB_URI'

/** A dataset of a configuration to begin with. */
export interface FirstDataset {
  readonly dataset: string
  readonly collection: string
  /** Path from the configuration; null where there was nothing to describe. */
  readonly contract: string | null
}

export interface FirstConfig {
  readonly uri: string
  readonly database: string
  readonly lake: string
  readonly datasets: readonly FirstDataset[]
}

/** The file, in YAML. A connection string with a secret in it is not written down: then its variable has to be set. */
export function firstConfigText({ uri, database, lake, datasets }: FirstConfig): string {
  return `# yaml-language-server: $schema=./node_modules/lakeferry/schema/lakeferry.schema.json
source:
  uri: ${uriText(uri)}
  database: ${yamlText(database)}
lake:
  url: ${addressText(lake)} # or s3://bucket/prefix
datasets:
${datasets.map(datasetText).join('')}`
}

/** Whether the configuration can only be used where the variable is set. */
export function needsVariable(uri: string): boolean {
  // A brace would end the reference, and a `${` begin another.
  return redactUri(uri) !== uri || /[{}$\s]/.test(uri)
}

/** The database that a connection string names; undefined where it names none. */
export function databaseIn(uri: string): string | undefined {
  // A password may hold any of the signs that divide the rest.
  const [, name] =
    /^[^/?]*\/([^?]+)/.exec(uri.slice(uri.lastIndexOf('@') + 1).replace(/^mongodb(?:\+srv)?:\/\//, '')) ?? []
  if (name === undefined || isBackup(uri)) return undefined
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

function uriText(uri: string): string {
  if (isBackup(uri)) return addressText(uri)
  return needsVariable(uri) ? `\${${URI_VARIABLE}}` : `\${${URI_VARIABLE}:-${uri}}`
}

/** A colon without a space behind it divides nothing in YAML. */
function addressText(address: string): string {
  return /^[a-z0-9]+:[\w./-]+$/i.test(address) ? address : yamlText(address)
}

function datasetText({ dataset, collection, contract }: FirstDataset): string {
  return `  ${yamlText(dataset)}:
    collection: ${yamlText(collection)}
${contract === null ? '' : `    contract: ${yamlText(contract)}\n`}    formats: [parquet, bson.gz]
`
}

/** Names of datasets are folders of the lake: letters, digits, `.`, `_` and `-`, 64 at most. */
const LONGEST = 64

/** A name for the dataset of each collection, in their order, no two the same. */
export function datasetNames(collections: readonly string[]): readonly string[] {
  const taken = new Set(['validation-reports'])
  return collections.map(collection => {
    const plain = collection.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'collection'
    let name = plain.slice(0, LONGEST)
    for (let count = 2; taken.has(name.toLowerCase()); count++) {
      const ending = `-${count}`
      name = plain.slice(0, LONGEST - ending.length) + ending
    }
    taken.add(name.toLowerCase())
    return name
  })
}
