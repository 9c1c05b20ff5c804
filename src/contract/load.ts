import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { refuseOurs } from './rule-notes.js'
import { readSchemaObject, type SchemaObject } from './schema-object.js'
import { readFreshness } from './service-level.js'
import {
  list,
  mapping,
  nearest,
  oneOf,
  refuse,
  refuseType,
  text,
  YamlFile,
  type YamlMapping,
  type YamlValue,
} from './yaml-file.js'

export interface ContractOptions {
  /** The object of `schema` to use. @defaultValue the only one */
  object?: string
}

/** Versions of the Open Data Contract Standard that are read. Source: https://bitol-io.github.io/open-data-contract-standard/ */
export const API_VERSIONS = ['v3.0.0', 'v3.0.1', 'v3.0.2', 'v3.1.0'] as const

const KEYS = [
  'apiVersion',
  'kind',
  'id',
  'name',
  'version',
  'status',
  'tenant',
  'domain',
  'dataProduct',
  'description',
  'tags',
  'servers',
  'schema',
  'support',
  'price',
  'team',
  'roles',
  'slaDefaultElement',
  'slaProperties',
  'authoritativeDefinitions',
  'customProperties',
  'contractCreatedTs',
]

/**
 * Reads a data contract: one file of the Open Data Contract Standard v3 in YAML or JSON.
 *
 * @throws {@link LakeferryError} `CONTRACT_MISSING` when there is no such file, `CONTRACT_INVALID` as {@link parseContract}
 */
export async function loadContract(file: string, options: ContractOptions = {}): Promise<Contract> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new LakeferryError('CONTRACT_MISSING', { file }, { cause: error })
  }
  return parse(bytes, file, options)
}

/**
 * Checks a contract's text and compiles it to columns and rules. Whatever is in it either means something or is refused
 * with its place and what to write instead: a contract that says more than is checked would be a promise nobody keeps.
 *
 * @param file - its name, for messages
 * @throws {@link LakeferryError} `CONTRACT_INVALID`
 */
export function parseContract(text: string, file: string, options: ContractOptions = {}): Contract {
  return parse(Buffer.from(text, 'utf8'), file, options)
}

function parse(bytes: Buffer, file: string, options: ContractOptions): Contract {
  let decoded: string
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new LakeferryError(
      'CONTRACT_INVALID',
      { file, line: 1, column: 1, problem: 'no UTF-8 text' },
      { cause: error },
    )
  }
  const { root } = new YamlFile(decoded, file)
  const entry = mapping(root, KEYS)
  readKind(entry)
  refuseOurs(entry)
  const object = chooseObject(
    entry.need('schema', 'Describe the collection: schema: [{name: papers, properties: [ … ]}].'),
    options.object,
  )
  const freshnessSeconds = readFreshness(entry.get('slaProperties'))
  const description = entry.get('description')
  const purpose = description && readPurpose(description)
  const name = entry.get('name')
  // Every contract of the standard has one; what it says is between people.
  text(entry.need('status', 'Write status: active.'))
  return {
    id: text(entry.need('id', 'Write id: and a name of its own for the contract.')),
    version: readVersion(entry.need('version', 'Write version: 1.0.0.')),
    name: name ? text(name) : object.name,
    ...(purpose === undefined ? {} : { description: purpose }),
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    columns: object.columns,
    rules: object.rules,
    keyColumns: object.keyColumns,
    notes: object.notes,
    ...(freshnessSeconds === undefined ? {} : { freshnessSeconds }),
  }
}

function readKind(entry: YamlMapping): void {
  oneOf(entry.need('kind', 'Write kind: DataContract.'), ['DataContract'])
  const version = entry.need('apiVersion', 'Write apiVersion: v3.1.0.')
  if (!(API_VERSIONS as readonly string[]).includes(text(version)))
    refuseType(
      version,
      `one of ${API_VERSIONS.join(', ')}`,
      'Versions differ in what their keys mean: write the contract for v3.1.0.',
    )
}

/** `1.0` is a number to YAML and a version to its author: as it was written. */
function readVersion(value: YamlValue): string {
  const { node } = value
  const source = node && 'source' in node && typeof node.source === 'string' ? node.source : undefined
  return source !== undefined && /^[0-9]/.test(source) ? source : text(value)
}

function readPurpose(value: YamlValue): string | undefined {
  const entry = mapping(value, ['usage', 'purpose', 'limitations', 'authoritativeDefinitions', 'customProperties'])
  const purpose = entry.get('purpose') ?? entry.get('usage')
  return purpose && text(purpose).trim()
}

function chooseObject(value: YamlValue, wanted: string | undefined): SchemaObject {
  const items = list(value)
  if (items.length === 0) refuse(value, 'schema is empty', 'Describe the collection: - name: papers.')
  const objects: SchemaObject[] = []
  for (const item of items) {
    const object = readSchemaObject(item)
    if (objects.some(other => other.name === object.name))
      refuse(item, `two objects of schema are called ${object.name}`, 'Rename one.')
    objects.push(object)
  }
  const names = objects.map(object => object.name)
  if (objects.length === 1) return objects[0]!
  const found = objects.find(object => object.name === wanted)
  if (found) return found
  const near = wanted === undefined ? undefined : nearest(wanted, names)
  return refuse(
    value,
    `schema has ${objects.length} objects (${names.join(', ')})${wanted === undefined ? '' : `, and none is called ${wanted}`}`,
    near ? `Did you mean ${near}?` : 'Call one of them as the data set, or keep one object in a file.',
  )
}
