import { listRuns } from '../catalog/catalog.js'
import { contractText, leftLines } from '../contract/suggest/contract-text.js'
import type { Facts } from '../contract/suggest/facts.js'
import { type Place, placesOf } from '../contract/suggest/place.js'
import { primaryKeyOf } from '../contract/suggest/primary-key.js'
import { propertyOf, type SuggestedProperty } from '../contract/suggest/property.js'
import type { SuggestedRelationship } from '../contract/suggest/property-text.js'
import { freshnessOf } from '../contract/suggest/rhythm.js'
import { halfOf } from '../contract/suggest/widen.js'
import { LakeferryError } from '../errors.js'
import { type Column, type ColumnType, columnText, typeText } from '../model/column.js'
import { countText, nounText } from '../model/count-text.js'
import type { Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine } from '../ports/query-engine.js'
import { type PlaceQuestions, placeQuestions } from './place-statements.js'
import { type OtherRun, referenceQuestions } from './reference-questions.js'
import { elementRelation, fieldRelation, type ValueRelation, withinRelation } from './relation.js'

export interface SuggestServices {
  readonly lake: ObjectStore
  /** Of dialect `duckdb`. */
  readonly engine: QueryEngine
}

export interface SuggestRequest {
  readonly manifest: Manifest
  /** Only the run's own columns, with their types: then the run itself can be held to the contract. @defaultValue false */
  readonly keepColumns?: boolean
  /** Runs of other data sets, in which the values of some fields may be keys. @defaultValue none */
  readonly others?: readonly OtherRun[]
  readonly signal?: AbortSignal
}

export interface Suggestion {
  /** The contract, in YAML. */
  readonly text: string
  readonly documents: number
  /** At the top. */
  readonly fields: number
  /** Of the fields, those whose column in the run is of another type, or not there: the next export changes them. */
  readonly changed: readonly string[]
  /** Fields that no contract can name. */
  readonly left: readonly string[]
  readonly key: readonly string[]
  /** `forum` to `papers.id`. */
  readonly references: readonly { readonly field: string; readonly to: string }[]
}

/** Runs whose beginnings give the rhythm. */
const RHYTHM_RUNS = 30

/**
 * A contract that holds for a committed run, made of its census and of all of its values. Documents are not sampled:
 * every rule was satisfied by every document.
 *
 * With `keepColumns`, validating the run with the contract gives `pass`. Without, types may be better than those of the
 * run's columns, and the next export of the same documents passes.
 *
 * @throws {@link LakeferryError} `RUN_NO_PARQUET`, `USAGE` when there is nothing that could be described, and what the engine throws
 */
export async function suggestContract(services: SuggestServices, request: SuggestRequest): Promise<Suggestion> {
  const { manifest, keepColumns = false, signal } = request
  const { dataset, runId, formats, census, columns } = manifest
  if (!formats.includes('parquet')) throw new LakeferryError('RUN_NO_PARQUET', { dataset, runId, formats })
  const { fields, left } = placesOf(census, columns, keepColumns)
  if (fields.length === 0)
    throw new LakeferryError('USAGE', {
      problem: `run ${runId} of ${dataset} has no field that a contract could describe: ${nounText(census.documents, 'document')}`,
      next: 'Export the collection once it has documents, or name another run with --run.',
    })
  const { facts, relationships: found } = await askEngine(services.engine, request, fields)
  const properties = fields.map(place => propertyOf(place, at => facts.get(at) ?? { values: 0 }, keepColumns))
  // What is kept as JSON text after all is compared with nothing.
  const texts = properties.filter(({ type }) => type.kind === 'json').map(({ name }) => name)
  const relationships = found.filter(({ column }) => !texts.includes(column))
  const key = primaryKeyOf(dataset, properties)
  const changed = changedFields(properties, columns)
  const text = contractText({
    dataset,
    head: headOf(manifest, changed),
    properties,
    key: key === undefined ? [] : [key],
    freshness: freshnessOf(await starts(services.lake, dataset)),
    rowCount: rowCountOf(census.documents),
    relationships,
    foot: footOf(manifest, left),
  })
  signal?.throwIfAborted()
  return {
    ...{ text, documents: census.documents, fields: fields.length, changed, left },
    key: key === undefined ? [] : [key],
    references: relationships.map(({ column, dataset: other, to }) => ({ field: column, to: `${other}.${to}` })),
  }
}

interface Answers {
  readonly facts: ReadonlyMap<Place, Facts>
  readonly relationships: readonly SuggestedRelationship[]
}

/** Asks the engine about every place, in one go. */
async function askEngine(
  engine: QueryEngine,
  { manifest, others = [], signal }: SuggestRequest,
  fields: readonly Place[],
): Promise<Answers> {
  const questions = new Map<Place, PlaceQuestions>()
  const ask = (place: Place, relation: ValueRelation): void => {
    questions.set(place, placeQuestions(place, relation, `${questions.size} `))
    for (const field of place.fields) ask(field, withinRelation(field, relation))
    if (place.element) ask(place.element, elementRelation(relation))
  }
  const relations = fields.map(field => [field, fieldRelation(field, manifest.columns)] as const)
  for (const [field, relation] of relations) ask(field, relation)
  const factsOf = (place: Place): Facts => questions.get(place)?.facts() ?? { values: 0 }
  const references = referenceQuestions(relations, others, factsOf)

  const asked = [...questions.values()]
  const owners = new Map(asked.flatMap(question => question.statements.map(({ name }) => [name, question] as const)))
  await engine.run({
    manifest,
    columns: manifest.columns,
    // Forms and counts of all fields come first: they decide which of them may be references.
    statements: [...asked.flatMap(({ statements }) => statements), ...references.statements],
    ...(references.relations.length > 0 ? { references: references.relations } : {}),
    onPage: async (statement, rows) => {
      if (!owners.get(statement)?.take(statement, rows)) references.take(statement, rows)
    },
    ...(signal ? { signal } : {}),
  })
  const facts = new Map([...questions].map(([place, question]) => [place, question.facts()]))
  return { facts, relationships: references.relationships() }
}

async function starts(lake: ObjectStore, dataset: string): Promise<readonly Date[]> {
  const runs = await listRuns(lake, dataset, { limit: RHYTHM_RUNS })
  return runs.flatMap(({ manifest }) => (manifest ? [new Date(manifest.startedAt)] : []))
}

function rowCountOf(documents: number): { least: number; evidence: string } | undefined {
  if (documents === 0) return undefined
  return {
    least: Math.max(1, halfOf(documents)),
    evidence: `${nounText(documents, 'document')}: half of them missing would be a fault`,
  }
}

function changedFields(properties: readonly SuggestedProperty[], columns: readonly Column[]): readonly string[] {
  const typeIn = (name: string): ColumnType | undefined => columns.find(column => column.name === name)?.type
  return properties.flatMap(({ name = '', type }) => {
    const before = typeIn(name)
    return before && typeText(before) === typeText(type) ? [] : [columnText({ name, type })]
  })
}

function headOf({ runId, dataset, census }: Manifest, changed: readonly string[]): string[] {
  return [
    `Suggested from run ${runId} of ${dataset}: ${nounText(census.documents, 'document')}, all of them looked at.`,
    'Every rule holds for that run; the comments are the evidence. Strike what is chance, then set status: active.',
    ...(changed.length > 0
      ? [
          `${nounText(changed.length, 'field')} with a better type than the run's columns have: export again, then validate.`,
        ]
      : []),
  ]
}

function footOf({ census }: Manifest, left: readonly string[]): string[] {
  return [
    ...leftLines(left),
    ...(census.truncated
      ? [`The census has ${countText(Object.keys(census.fields).length)} paths, and not all there are.`]
      : []),
  ]
}
