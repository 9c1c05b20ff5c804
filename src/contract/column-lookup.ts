import { type Column, type ColumnType, ID_COLUMN, typeText } from '../model/column.js'
import { type ColumnPath, columnName, EACH } from '../model/rule.js'
import { list, nearest, refuse, text, type YamlValue } from './yaml-file.js'

export interface FoundColumn {
  readonly path: ColumnPath
  readonly type: ColumnType
}

/** The type of a column or of a field within it; `_id` is always there, as text. Undefined when it is not declared. */
export function typeAt(columns: readonly Column[], path: ColumnPath): ColumnType | undefined {
  const [first, ...rest] = path
  if (first === ID_COLUMN && rest.length === 0) return { kind: 'string' }
  let type = columns.find(column => column.name === first)?.type
  for (const name of rest)
    type = type?.kind === 'struct' ? type.fields.find(field => field.name === name)?.type : undefined
  return type
}

/** Reads a list of two or more columns, `[author, address.city]`. */
export function readColumns(value: YamlValue, columns: readonly Column[], least: number): readonly FoundColumn[] {
  const items = list(value)
  if (items.length < least)
    refuse(value, `${value.key}: wanted ${least} or more columns, got ${items.length}`, 'Name them: [author, authors].')
  const found = items.map(item => readColumn(item, columns))
  const names = found.map(column => columnName(column.path))
  const twice = names.findIndex((name, at) => names.indexOf(name) < at)
  if (twice >= 0) refuse(items[twice]!, `${names[twice]} is listed twice`, 'Leave one of them out.')
  return found
}

export function readColumn(value: YamlValue, columns: readonly Column[]): FoundColumn {
  return findColumn(value, text(value, 'the name of a column'), columns)
}

/** The column of this name, `venue.city`; refused at `at` when there is none. */
export function findColumn(at: YamlValue, name: string, columns: readonly Column[]): FoundColumn {
  const path = name.split('.')
  const type = typeAt(columns, path)
  if (type) return { path, type }
  // What stands within a column that could not be read is not known to be absent.
  at.file.passOver(path[0]!)
  const items = name.includes(EACH) ? typeAt(columns, [name.split(EACH)[0]!]) : undefined
  if (items)
    refuse(at, `${at.key}: ${name} is not one value of a document`, 'Rules about items stand at items, not here.')
  const near = nearest(name, [ID_COLUMN, ...allNames(columns)])
  return refuse(
    at,
    `${at.key}: there is no column ${name}`,
    near ? `Did you mean ${near}?` : 'Declare it under properties first.',
  )
}

function allNames(columns: readonly Column[], before = ''): string[] {
  return columns.flatMap(({ name, type }) => [
    `${before}${name}`,
    ...(type.kind === 'struct' ? allNames(type.fields, `${before}${name}.`) : []),
  ])
}

/** Engines compare lists and objects differently, so only single values can be told apart. */
export function refuseIncomparable(at: YamlValue, { path, type }: FoundColumn): void {
  if (type.kind === 'list' || type.kind === 'struct' || type.kind === 'json')
    refuse(
      at,
      `duplicates of ${columnName(path)} (${typeText(type)}) cannot be told`,
      'Only single values can be unique.',
    )
}
