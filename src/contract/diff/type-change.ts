import { type Column, type ColumnType, typeText } from '../../model/column.js'
import { columnName, EACH } from '../../model/rule.js'
import type { Change, Party } from './change.js'

/** What follows when a column's type becomes another one. */
interface Consequence {
  readonly breaks: readonly Party[]
  readonly why: string
}

const WIDER: Consequence = { breaks: [], why: 'every value fits; readers get the wider type' }
const NARROWER: Consequence = { breaks: ['writers'], why: 'values that do not fit are of a wrong type now' }

/** Digits that every value of a whole-number column fits in. */
const DIGITS: Readonly<Partial<Record<ColumnType['kind'], number>>> = { int32: 10, int64: 19 }

/** Of two types that are not the same; objects and lists of both are compared by what is in them. */
export function typeConsequence(before: ColumnType, after: ColumnType): Consequence {
  if (holdsAll(before, after)) return WIDER
  if (holdsAll(after, before)) return NARROWER
  if (after.kind === 'json') return { breaks: ['readers'], why: 'any value fits; readers get JSON text' }
  if (before.kind === 'json')
    return { breaks: ['writers', 'readers'], why: 'values of other types are wrong now; readers got JSON text' }
  return { breaks: ['writers', 'readers'], why: 'values of the one are none of the other' }
}

/** Whether every value of the one type is one of the other, and a number stays one. */
function holdsAll(narrow: ColumnType, wide: ColumnType): boolean {
  if (narrow.kind === 'decimal' && wide.kind === 'decimal')
    return wide.scale >= narrow.scale && wide.precision - wide.scale >= narrow.precision - narrow.scale
  const digits = DIGITS[narrow.kind]
  if (digits !== undefined && wide.kind === 'decimal') return wide.precision - wide.scale >= digits
  // A double holds every int32, and not every int64.
  return narrow.kind === 'int32' && (wide.kind === 'int64' || wide.kind === 'double')
}

interface Leaf {
  readonly name: string
  readonly type: ColumnType
}

/** Columns with what is within them, by the names that results give them. */
export function columnMap(columns: readonly Column[]): ReadonlyMap<string, ColumnType> {
  return new Map(columns.flatMap(({ name, type }) => leavesOf([name], type)).map(leaf => [leaf.name, leaf.type]))
}

function leavesOf(path: readonly string[], type: ColumnType): readonly Leaf[] {
  const self = { name: columnName(path), type }
  if (type.kind === 'struct')
    return [self, ...type.fields.flatMap(field => leavesOf([...path, field.name], field.type))]
  return type.kind === 'list' ? [self, ...leavesOf([...path, EACH], type.element)] : [self]
}

/** Columns added, removed, of another type, or in another order. */
export function columnChanges(before: readonly Column[], after: readonly Column[]): readonly Change[] {
  const [old, now] = [columnMap(before), columnMap(after)]
  const changes: Change[] = []
  for (const [name, type] of old) {
    const next = now.get(name)
    if (next === undefined) {
      // Told with the column around it.
      if (around(name, old, now)) continue
      changes.push({
        kind: 'columnRemoved',
        subject: name,
        breaks: ['readers'],
        text: `removed (${typeText(type)}): readers find it in _extra only`,
      })
    } else if (!sameOuter(type, next)) {
      const { breaks, why } = typeConsequence(type, next)
      const text = `${typeText(type)} becomes ${typeText(next)}: ${why}; earlier runs have to be exported again`
      changes.push({ kind: 'typeChanged', subject: name, breaks, text })
    }
  }
  for (const [name, type] of now) {
    if (old.has(name) || around(name, now, old)) continue
    const text = `added (${typeText(type)}): earlier runs have it in _extra only, and have to be exported again to be validated`
    changes.push({ kind: 'columnAdded', subject: name, breaks: [], text })
  }
  return [...changes, ...orderChange(before, after)]
}

/** Whether the column around `name` is new on its side, or of another type there, so that `name` needs no line of its own. */
function around(name: string, own: ReadonlyMap<string, ColumnType>, other: ReadonlyMap<string, ColumnType>): boolean {
  for (const [outer, type] of own) {
    if (!name.startsWith(`${outer}.`) && !name.startsWith(`${outer}[]`)) continue
    const there = other.get(outer)
    if (there === undefined || !sameOuter(type, there)) return true
  }
  return false
}

function sameOuter(a: ColumnType, b: ColumnType): boolean {
  if (a.kind !== b.kind) return false
  return a.kind === 'struct' || a.kind === 'list' || typeText(a) === typeText(b)
}

function orderChange(before: readonly Column[], after: readonly Column[]): readonly Change[] {
  const names = (columns: readonly Column[], others: readonly Column[]): string =>
    JSON.stringify(columns.map(({ name }) => name).filter(name => others.some(other => other.name === name)))
  if (names(before, after) === names(after, before)) return []
  return [
    {
      kind: 'orderChanged',
      subject: 'contract',
      breaks: [],
      text: 'the columns are in another order; readers know them by name',
    },
  ]
}
