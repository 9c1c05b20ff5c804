import type { Census } from '../../model/census.js'
import { type Column, type ColumnType, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../../model/column.js'
import { type ColumnPath, EACH } from '../../model/rule.js'
import { type FieldNode, fieldTree, valuesOf } from './field-tree.js'
import { declarable, type SuggestedType, suggestedType, takenOf } from './suggested-type.js'

/** A field that the contract will describe, at the top, within an object, or what the elements of an array are. */
export interface Place {
  readonly path: ColumnPath
  readonly type: ColumnType
  /** How often each BSON type was there. */
  readonly counts: Readonly<Record<string, number>>
  /** How many there are that could have a value here: documents, objects around it, elements. */
  readonly total: number
  /** Values that the type takes, by the census. */
  readonly taken: number
  /** What is to be said of the type. */
  readonly remark: string | undefined
  /** Fields within an object that no contract can name. */
  readonly left: readonly string[]
  /** Of an object. */
  readonly fields: readonly Place[]
  /** Of an array. */
  readonly element: Place | undefined
}

export interface Places {
  readonly fields: readonly Place[]
  /** Fields of the documents that are left to `_extra`. */
  readonly left: readonly string[]
}

/** More fields than this at the top are no design; those in the most documents are described. */
export const MAX_SUGGESTED_COLUMNS = 1_000

/**
 * The fields to describe.
 *
 * @param columns - the run's own
 * @param keep - those and no others, with the types that they have
 */
export function placesOf(census: Census, columns: readonly Column[], keep: boolean): Places {
  const tree = fieldTree(census)
  const before = columns.map(({ name }) => name)
  const names = chosen(declarableColumns(keep ? [] : [...tree.keys()], before), before, tree)
  const fields = names.map(name => {
    const current = columns.find(column => column.name === name)?.type
    return placeOf({ path: [name], node: tree.get(name), current, total: census.documents, keep })
  })
  const left = [...tree.keys()].filter(name => name !== ID_COLUMN && !names.includes(name)).sort()
  return { fields, left }
}

/** Names of Lakeferry's own columns are taken, whatever their case. */
function declarableColumns(names: readonly string[], before: readonly string[]): readonly string[] {
  const taken = [ID_COLUMN, EXTRA_COLUMN, MISFIT_COLUMN]
  return declarable(names, before).filter(name => !taken.includes(name.toLowerCase()))
}

function chosen(
  names: readonly string[],
  before: readonly string[],
  tree: ReadonlyMap<string, FieldNode>,
): readonly string[] {
  if (names.length <= MAX_SUGGESTED_COLUMNS) return names
  const values = (name: string): number => (before.includes(name) ? Infinity : valuesOf(tree.get(name)?.counts ?? {}))
  const most = new Set(names.toSorted((a, b) => values(b) - values(a)).slice(0, MAX_SUGGESTED_COLUMNS))
  return names.filter(name => most.has(name))
}

interface PlaceQuestion {
  readonly path: ColumnPath
  /** Undefined where the census has nothing of it. */
  readonly node: FieldNode | undefined
  readonly current: ColumnType | undefined
  readonly total: number
  readonly keep: boolean
}

function placeOf({ path, node = NOWHERE, current, total, keep }: PlaceQuestion): Place {
  const { type, remark }: SuggestedType =
    keep && current ? { type: current } : suggestedType({ node, current, depth: path.length })
  const inner = (step: string, below: FieldNode | undefined, innerType: ColumnType, count: number): Place =>
    placeOf({ path: [...path, step], node: below, current: innerType, total: count, keep: true })
  const fields =
    type.kind === 'struct'
      ? type.fields.map(field => {
          const below = node.fields.get(field.name)
          return withRemark(inner(field.name, below, field.type, node.counts['object'] ?? 0), below)
        })
      : []
  const element =
    type.kind === 'list'
      ? withRemark(inner(EACH, node.element, type.element, sum(node.element?.counts ?? {})), node.element)
      : undefined
  const named = fields.map(field => field.path.at(-1)!)
  const left = type.kind === 'struct' ? [...node.fields.keys()].filter(name => !named.includes(name)).sort() : []
  return { path, type, counts: node.counts, total, taken: takenOf(type, node.counts), remark, left, fields, element }
}

const NOWHERE: FieldNode = { name: '', counts: {}, fields: new Map(), element: undefined }

/** The type of what is within was decided with the whole; why it is JSON is told where it stands. */
function withRemark(place: Place, node: FieldNode | undefined): Place {
  if (place.type.kind !== 'json' || !node) return place
  const { remark } = suggestedType({ node, current: undefined, depth: place.path.length })
  return remark === undefined ? place : { ...place, remark }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
