import { ENOUGH_VALUES, type Facts } from '../contract/suggest/facts.js'
import type { Place } from '../contract/suggest/place.js'
import { keyCandidates } from '../contract/suggest/primary-key.js'
import type { SuggestedRelationship } from '../contract/suggest/property-text.js'
import type { Column, ColumnType } from '../model/column.js'
import { countText } from '../model/count-text.js'
import { duckdbName } from '../model/duckdb-text.js'
import type { Manifest } from '../model/manifest.js'
import type { Relation, Row, Statement } from '../ports/query-engine.js'
import { typedValue, type ValueRelation } from './relation.js'

/** A run of a data set of the configuration that values may refer to. */
export interface OtherRun {
  readonly dataset: string
  readonly manifest: Manifest
}

/** Statements that look the values of a field up in other runs, and what came of it. */
export interface ReferenceQuestions {
  readonly relations: readonly Relation[]
  readonly statements: readonly Statement[]
  take(statement: string, rows: readonly Row[]): boolean
  relationships(): readonly SuggestedRelationship[]
}

/** Fewer different values may be found anywhere by chance. */
const LEAST_DIFFERENT = 10

interface Candidate {
  readonly name: string
  readonly place: Place
  readonly other: OtherRun
  readonly key: Column
  absent: number | undefined
}

/**
 * Asks whether every value of a field is a key of another data set's run. Only fields that look like references are
 * asked about: identifiers by their form, and whole numbers by their name, since small numbers are found in every
 * numbered collection.
 */
export function referenceQuestions(
  fields: readonly (readonly [Place, ValueRelation])[],
  others: readonly OtherRun[],
  factsOf: (place: Place) => Facts,
): ReferenceQuestions {
  // Paths are written with points: a data set with one in its name cannot be pointed into.
  const named = others.filter(({ dataset, manifest }) => !/[./#]/.test(dataset) && manifest.formats.includes('parquet'))
  const relations = named.map(({ manifest }, at) => ({ name: `ref${at}`, manifest, columns: manifest.columns }))
  const candidates: Candidate[] = []
  const statements: Statement[] = []
  for (const [place, relation] of fields) {
    for (const [at, other] of named.entries()) {
      for (const key of keyCandidates(other.dataset, other.manifest.columns)) {
        if (!alike(place.type, key.type)) continue
        const candidate: Candidate = { name: `reference ${candidates.length}`, place, other, key, absent: undefined }
        const target = { relation: `ref${at}`, column: key.name }
        statements.push({
          name: candidate.name,
          sql: () => absentStatement(place, relation, target),
          onlyIf: () => looksLikeReference(place, factsOf(place)) && !foundIn(candidates, place, other),
        })
        candidates.push(candidate)
      }
    }
  }
  return {
    relations,
    statements,
    take(statement, rows) {
      const candidate = candidates.find(({ name }) => name === statement)
      for (const [absent] of rows) if (candidate) candidate.absent = Number(absent)
      return candidate !== undefined
    },
    relationships: () => candidates.filter(({ absent }) => absent === 0).map(asRelationship(factsOf)),
  }
}

function alike(a: ColumnType, b: ColumnType): boolean {
  const classOf = ({ kind }: ColumnType): string =>
    kind === 'string' || kind === 'objectId' ? 'text' : kind === 'int32' || kind === 'int64' ? 'whole' : kind
  return classOf(a) === classOf(b) && ['text', 'whole'].includes(classOf(a))
}

function looksLikeReference({ path, type }: Place, { values, form, distinct, listed }: Facts): boolean {
  if (values < ENOUGH_VALUES || (distinct ?? LEAST_DIFFERENT) < LEAST_DIFFERENT) return false
  if (listed && listed.length < LEAST_DIFFERENT) return false
  if (type.kind === 'objectId') return true
  if (type.kind === 'string') return form !== undefined
  return /(?:^|[_-])(?:id|ref|key|number|no)$|[a-z](?:Id|ID|Ref|Key)$/.test(path.at(-1)!)
}

/** One key of a data set is enough. */
function foundIn(candidates: readonly Candidate[], place: Place, other: OtherRun): boolean {
  return candidates.some(candidate => candidate.place === place && candidate.other === other && candidate.absent === 0)
}

function absentStatement(
  place: Place,
  relation: ValueRelation,
  target: { readonly relation: string; readonly column: string },
): string {
  const values = `SELECT DISTINCT ${typedValue(place.type, relation)} AS v FROM (${relation.sql}) AS r`
  const key = `${target.relation}.${duckdbName(target.column)}`
  return `SELECT count(*) FROM (${values}) AS s WHERE s.v IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${target.relation} WHERE ${key} = s.v)`
}

function asRelationship(factsOf: (place: Place) => Facts): (candidate: Candidate) => SuggestedRelationship {
  return ({ place, other, key }) => ({
    column: place.path[0]!,
    dataset: other.dataset,
    to: key.name,
    evidence: `all ${countText(factsOf(place).values)} values are there in run ${other.manifest.runId}`,
  })
}
