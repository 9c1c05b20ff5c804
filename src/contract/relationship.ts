import { type Column, type ColumnType, typeText } from '../model/column.js'
import { type ColumnPath, columnName, EACH } from '../model/rule.js'
import { type FoundColumn, findColumn, readColumn, typeAt } from './column-lookup.js'
import type { QualityScope } from './quality.js'
import type { RuleNotes } from './rule-list.js'
import { NOTE_KEYS, ourProperty, readNotes } from './rule-notes.js'
import { isList, list, mapping, nearest, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** The objects that `schema` describes, as far as references between them have to know. */
export interface Datasets {
  readonly own: string
  /** Undefined for one that the file does not describe, or whose columns could not be read. */
  columnsOf(name: string): readonly Column[] | undefined
}

const KEYS = ['id', 'type', 'from', 'to', 'description', 'customProperties']

const NEXT = 'Write the data set and its column: to: papers.id.'

/** Adds a foreign key for each of `relationships`, at a property or at the schema object. */
export function addRelationships(value: YamlValue, scope: QualityScope, datasets: Datasets): void {
  value.file.part(() => {
    for (const item of list(value)) value.file.part(() => addRelationship(mapping(item, KEYS), scope, datasets))
  })
}

function addRelationship(entry: YamlMapping, scope: QualityScope, datasets: Datasets): void {
  const type = entry.get('type')
  if (type && text(type) !== 'foreignKey')
    refuse(
      type,
      `type: relationships of type ${text(type)} are not checked`,
      'Write type: foreignKey, or leave it out.',
    )
  const to = entry.need('to', NEXT)
  const from = readFrom(entry, scope, datasets)
  const targets = isList(to) ? list(to) : [to]
  const wanted = targets.map(target => readTarget(target, datasets))
  const { dataset } = wanted[0] ?? refuse(to, 'to: a list of no columns', NEXT)
  if (wanted.length !== from.length)
    refuse(
      to,
      `to has ${wanted.length} columns and from has ${from.length}`,
      scope.at === 'property'
        ? 'Write a key of several columns at the schema object, with from and to.'
        : 'Pair them up.',
    )
  for (const [at, { dataset: other }] of wanted.entries())
    if (other !== dataset)
      refuse(targets[at]!, `to: a key into both ${dataset} and ${other}`, 'Make two relationships of it.')
  for (const [at, column] of from.entries()) {
    refuseMany(to, column)
    refuseUnlike(targets[at]!, column, wanted[at]!, datasets)
  }
  scope.rules.add(
    entry.value,
    {
      kind: 'foreignKey',
      columns: from.map(column => column.path),
      dataset,
      to: wanted.map(target => target.path),
    },
    relationshipNotes(entry, scope.columns),
  )
}

function readFrom(entry: YamlMapping, scope: QualityScope, datasets: Datasets): readonly FoundColumn[] {
  const from = entry.get('from')
  if (scope.at === 'property') {
    if (from) refuse(from, 'from at a property', 'It is the property that the relationship stands at: leave it out.')
    if (scope.column.path.includes(EACH))
      refuse(
        entry.value,
        `relationships of items (${columnName(scope.column.path)}) are not checked`,
        'A foreign key is one value of a document: leave it out, or keep the items in a data set of their own.',
      )
    return [scope.column]
  }
  const value = from ?? entry.need('from', 'Write from: and the columns of this data set.')
  const names = isList(value) ? list(value) : [value]
  if (names.length === 0) refuse(value, 'from: a list of no columns', 'Name the columns of this data set.')
  const found = names.map(name => ownColumn(name, datasets, scope.columns))
  const twice = found.findIndex(
    (column, at) => found.findIndex(other => columnName(other.path) === columnName(column.path)) < at,
  )
  if (twice >= 0) refuse(names[twice]!, `${columnName(found[twice]!.path)} is listed twice`, 'Leave one of them out.')
  return found
}

/** `comments.paper_id` or just `paper_id`. */
function ownColumn(value: YamlValue, { own, columnsOf }: Datasets, columns: readonly Column[]): FoundColumn {
  const written = text(value, 'the name of a column')
  refuseQualified(value, written)
  const [other = ''] = written.split('.')
  if (other !== own && !typeAt(columns, [other]) && columnsOf(other))
    refuse(
      value,
      `${value.key}: ${written} is a column of ${other}`,
      `Put the relationship there, or name one of ${own}.`,
    )
  const within = written.startsWith(`${own}.`) ? written.slice(own.length + 1) : written
  // An object within a document may have the name of the data set.
  return within !== written && !typeAt(columns, within.split('.')) && typeAt(columns, written.split('.'))
    ? readColumn(value, columns)
    : findColumn(value, within, columns)
}

function readTarget(value: YamlValue, datasets: Datasets): { readonly dataset: string; readonly path: ColumnPath } {
  const written = text(value, 'a data set and its column, such as papers.id')
  refuseQualified(value, written)
  const [dataset = '', ...path] = written.split('.')
  if (path.length === 0 || [dataset, ...path].includes(''))
    refuse(value, `${value.key}: ${written} names no column of a data set`, NEXT)
  const columns = datasets.columnsOf(dataset)
  if (columns && !typeAt(columns, path)) {
    value.file.passOver(path[0]!)
    const near = nearest(path.join('.'), ['_id', ...columns.map(column => column.name)])
    refuse(
      value,
      `${value.key}: ${dataset} has no column ${path.join('.')}`,
      near ? `Did you mean ${dataset}.${near}?` : 'Declare it there first.',
    )
  }
  return { dataset, path }
}

/** `schema/papers_id/properties/id_id`, `other.yaml#/schema/…`: the standard's long form. */
function refuseQualified(value: YamlValue, written: string): void {
  if (/[/#]/.test(written))
    refuse(
      value,
      `${value.key}: ${written} is a reference by ids or into another file`,
      'Data sets are known by their names, wherever their contracts are: to: papers.id.',
    )
}

/** Engines compare lists and objects differently. */
function refuseMany(at: YamlValue, { path, type }: FoundColumn): void {
  if (['list', 'struct', 'json'].includes(type.kind))
    refuse(at, `${columnName(path)} (${typeText(type)}) cannot be a foreign key`, 'Only single values can be.')
}

/** Known only where this file describes the other data set; otherwise it is told when both are there. */
function refuseUnlike(
  at: YamlValue,
  column: FoundColumn,
  target: { readonly dataset: string; readonly path: ColumnPath },
  datasets: Datasets,
): void {
  const columns = datasets.columnsOf(target.dataset)
  const other = columns && typeAt(columns, target.path)
  if (other && comparable(other) !== comparable(column.type))
    refuse(
      at,
      `${columnName(column.path)} (${typeText(column.type)}) cannot be compared with ${target.dataset}.${columnName(target.path)} (${typeText(other)})`,
      'Give both the same type.',
    )
}

/** Columns of types with the same text here are compared alike by every engine. */
export function comparable(type: ColumnType): string {
  if (type.kind === 'objectId') return 'string'
  return type.kind === 'int32' ? 'int64' : typeText(type)
}

function relationshipNotes(entry: YamlMapping, columns: readonly Column[]): RuleNotes {
  const [id, description, ours] = [entry.get('id'), entry.get('description'), ourProperty(entry)]
  const told = ours ? readNotes(mapping(ours, NOTE_KEYS), columns) : {}
  if (description && told.description !== undefined) refuse(description, 'description is told twice', 'Keep this one.')
  return {
    ...told,
    ...(id ? { id: text(id) } : {}),
    ...(description ? { description: text(description) } : {}),
  }
}
