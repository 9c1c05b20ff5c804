import { type Column, ID_COLUMN } from '../../model/column.js'
import type { SuggestedProperty } from './property.js'

const KINDS = ['string', 'objectId', 'int32', 'int64']

/**
 * The field that is called as a key is and could be one: always there, and no two the same. Undefined when none is, or
 * when its name says nothing: any column can be unique by chance.
 */
export function primaryKeyOf(dataset: string, properties: readonly SuggestedProperty[]): string | undefined {
  const names = properties.map(({ name }) => name)
  const candidates = properties.filter(
    ({ name, type, required, misfits, rules }) =>
      name !== undefined &&
      KINDS.includes(type.kind) &&
      required !== undefined &&
      misfits === undefined &&
      rules.unique !== undefined &&
      // Rows tell the state of a column by that name.
      !names.some(other => `${other}_status` === name),
  )
  const ranked = candidates
    .map(({ name = '' }) => ({ name, rank: rankOf(name, dataset) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)
  return ranked[0]?.name
}

/** The columns of another data set that foreign keys may point into: the one called as a key is, then `_id`. */
export function keyCandidates(dataset: string, columns: readonly Column[]): readonly Column[] {
  const named = columns
    .filter(({ name, type }) => KINDS.includes(type.kind) && rankOf(name, dataset) >= 0)
    .sort((a, b) => rankOf(a.name, dataset) - rankOf(b.name, dataset))
  return [...named.slice(0, 1), { name: ID_COLUMN, type: { kind: 'string' } }]
}

/** Lower is better; -1 for a name that is none of a key. */
function rankOf(name: string, dataset: string): number {
  const folded = name.toLowerCase().replaceAll(/[_-]/g, '')
  const singular = dataset.toLowerCase().replaceAll(/[_-]/g, '').replace(/s$/, '')
  const names = [
    'id',
    `${singular}id`,
    'uuid',
    'guid',
    `${singular}key`,
    'key',
    `${singular}number`,
    'number',
    'slug',
    'code',
  ]
  return names.indexOf(folded)
}
