import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isLakeferryError, LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { refuseOurs } from './rule-notes.js'
import { type OpenedObject, openObject, readRules, type SchemaObject } from './schema-object.js'
import { readServiceLevels, runFreshness, type ServiceLevel } from './service-level.js'
import {
  isMapping,
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

export interface CheckOptions extends ContractOptions {
  /** Of several objects none has to be chosen. */
  anyObject?: boolean
}

/** Versions of the Open Data Contract Standard that are read. Source: https://bitol-io.github.io/open-data-contract-standard/ */
export const API_VERSIONS = ['v3.0.0', 'v3.0.1', 'v3.0.2', 'v3.1.0', 'v3.2.0'] as const

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
  'context',
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
 * @throws {@link LakeferryError} `CONTRACT_INVALID`, for the first in the file of all that is wrong with it
 */
export function parseContract(text: string, file: string, options: ContractOptions = {}): Contract {
  return parse(Buffer.from(text, 'utf8'), file, options)
}

function parse(bytes: Buffer, file: string, options: ContractOptions): Contract {
  const { contract, problems } = checkContract(bytes, file, options)
  if (contract) return contract
  throw problems[0] ?? new RangeError(`${file} was not read, and nothing is wrong with it`)
}

/** The contract, or all that can be told to be wrong with it, in the order of the file. */
export function checkContract(
  bytes: Buffer,
  name: string,
  options: CheckOptions = {},
): { readonly contract?: Contract; readonly problems: readonly LakeferryError<'CONTRACT_INVALID'>[] } {
  try {
    const source = decode(bytes, name)
    const file = new YamlFile(source, name)
    const contract = file.part(() => readContract(file, options))
    const problems = file.problems()
    if (!contract || problems.length > 0) return { problems }
    const fingerprint = createHash('sha256').update(bytes).digest('hex')
    return { contract: { ...contract, fingerprint, source }, problems }
  } catch (error) {
    if (!isLakeferryError(error, 'CONTRACT_INVALID')) throw error
    return { problems: [error] }
  }
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new LakeferryError(
      'CONTRACT_INVALID',
      { file, line: 1, column: 1, problem: 'no UTF-8 text' },
      { cause: error },
    )
  }
}

function readContract(file: YamlFile, options: CheckOptions): Omit<Contract, 'fingerprint' | 'source'> {
  const entry = mapping(file.root, KEYS)
  const need = <T>(key: string, next: string, read: (value: YamlValue) => T): T | undefined =>
    file.part(() => read(entry.need(key, next)))
  file.part(() => readKind(entry))
  file.part(() => refuseOurs(entry))
  // Every contract of the standard has one; what it says is between people.
  need('status', 'Write status: active.', text)
  const id = need('id', 'Write id: and a name of its own for the contract.', text)
  const version = need('version', 'Write version: 1.0.0.', readVersion)
  const levels = readServiceLevels(entry.get('slaProperties'), entry.get('slaDefaultElement'))
  const description = entry.get('description')
  const purpose = description && file.part(() => readPurpose(description))
  const called = entry.get('name')
  const name = called && file.part(() => text(called))
  const objects = need('schema', 'Describe the collection: schema: [{name: papers, properties: [ … ]}].', value =>
    readObjects(value, levels, options),
  )
  if (id === undefined || version === undefined || objects === undefined) file.alreadyTold()
  const { chosen, freshnessSeconds } = objects
  return {
    id,
    version,
    name: name ?? chosen.name,
    ...(purpose === undefined ? {} : { description: purpose }),
    columns: chosen.columns,
    rules: chosen.rules,
    keyColumns: chosen.keyColumns,
    notes: chosen.notes,
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

/** Before ODCS 3.1 it was mere text to some. */
function readPurpose(value: YamlValue): string | undefined {
  if (!isMapping(value)) return text(value).trim()
  const entry = mapping(value, ['usage', 'purpose', 'limitations', 'authoritativeDefinitions', 'customProperties'])
  const purpose = entry.get('purpose') ?? entry.get('usage')
  return purpose && text(purpose).trim()
}

function readObjects(
  value: YamlValue,
  levels: readonly ServiceLevel[],
  { object: wanted, anyObject }: CheckOptions,
): { readonly chosen: SchemaObject; readonly freshnessSeconds: number | undefined } {
  const { file } = value
  const items = list(value)
  if (items.length === 0) refuse(value, 'schema is empty', 'Describe the collection: - name: papers.')
  const opened: OpenedObject[] = []
  for (const item of items)
    file.part(() => {
      const object = openObject(item)
      if (opened.some(other => other.name === object.name))
        refuse(item, `two objects of schema are called ${object.name}`, 'Rename one.')
      opened.push(object)
    })
  // Every object is read, whichever is wanted: what is wrong in a file is wrong for everybody.
  const objects = opened.map(object => readRules(object, opened, levels))
  // Which of them is meant matters when they can all be used.
  if (opened.length < items.length || file.problems().length > 0) file.alreadyTold()
  const chosen = anyObject ? objects[0]! : choose(value, objects, wanted)
  return { chosen, freshnessSeconds: file.part(() => runFreshness(levels, [chosen.name])) }
}

function choose(value: YamlValue, objects: readonly SchemaObject[], wanted: string | undefined): SchemaObject {
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
