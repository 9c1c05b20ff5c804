import type { Column } from '../model/column.js'
import { columnName } from '../model/rule.js'
import type { FoundColumn } from './column-lookup.js'
import { lakeferryRule, readImplementation } from './lakeferry-check.js'
import { libraryRule } from './library-metric.js'
import type { RuleBody, RuleList, RuleNotes } from './rule-list.js'
import { NOTE_KEYS, ourProperty, readNotes } from './rule-notes.js'
import { severity } from './severity.js'
import { readQuery } from './sql/own-sql.js'
import { OPERATORS, readNumberBounds } from './tolerance.js'
import { list, mapping, oneOf, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** Where an entry of `quality` stands: at a property or at the schema object, with all its columns. */
export type QualityScope = ({ readonly at: 'property'; readonly column: FoundColumn } | { readonly at: 'schema' }) & {
  readonly columns: readonly Column[]
  readonly rules: RuleList
  /** What the object is called, `name` and `physicalName`. */
  readonly objects: readonly string[]
}

const TYPES = ['library', 'text', 'sql', 'custom'] as const

const DESCRIPTIVE = [
  'dimension',
  'method',
  'businessImpact',
  'tags',
  'authoritativeDefinitions',
  'scheduler',
  'schedule',
]
const TOLD = ['id', 'name', 'description', 'type', 'severity', 'customProperties', ...DESCRIPTIVE]
const MEASURED = ['metric', 'rule', 'arguments', 'validValues', 'unit', ...OPERATORS]
const SQL_NOTES = [...NOTE_KEYS, 'duckdb', 'spark']
const KEYS = [...TOLD, ...MEASURED, 'query', 'engine', 'implementation']

/** Adds the rules of a `quality` list, in its order. */
export function addQuality(value: YamlValue | undefined, scope: QualityScope): void {
  value?.file.part(() => {
    for (const item of list(value)) value.file.part(() => addEntry(mapping(item, KEYS), scope))
  })
}

function addEntry(entry: YamlMapping, scope: QualityScope): void {
  const at = entry.get('type')
  const type = at ? oneOf(at, TYPES) : entry.get('query') ? 'sql' : entry.get('engine') ? 'custom' : 'library'
  const notes = entryNotes(entry, type, scope)
  switch (type) {
    case 'text':
      // For people: nothing in it could be run.
      only(entry, TOLD, 'type: text')
      break
    case 'library': {
      only(entry, [...TOLD, ...MEASURED], 'a library metric')
      const [rule, tolerance] = libraryRule(entry, scope, notes)
      scope.rules.add(entry.value, rule, notes, tolerance)
      break
    }
    case 'sql':
      only(entry, [...TOLD, 'query', 'unit', ...OPERATORS], 'type: sql')
      scope.rules.add(entry.value, sqlRule(entry, scope), { ...defaultName(scope, 'sql'), ...notes })
      break
    case 'custom': {
      only(entry, [...TOLD, 'engine', 'implementation'], 'type: custom')
      requireOurs(entry.need('engine', 'Write engine: lakeferry.'))
      const check = readImplementation(entry.need('implementation', 'Write implementation: {rule: notEmpty}.'))
      const within = readNotes(check, scope.columns)
      for (const key of NOTE_KEYS)
        if (check.get(key) && key in notes) refuse(check.get(key)!, `${key} is told twice`, 'Keep this one.')
      scope.rules.add(entry.value, lakeferryRule(check, scope), { ...notes, ...within })
    }
  }
}

/** `SELECT count(*) FROM ${table} WHERE …`, and what its number must be. */
function sqlRule(entry: YamlMapping, scope: QualityScope): RuleBody {
  const ours = ourProperty(entry)
  const query = entry.get('query')
  const column = scope.at === 'property' ? scope.column.path : undefined
  const sql = readQuery(query, ours && mapping(ours, SQL_NOTES), { column, objects: scope.objects })
  if (!sql) refuse(entry.value, 'type: sql without query', `Write query: SELECT count(*) FROM \${table} WHERE … .`)
  return { kind: 'sql', sql, bounds: readNumberBounds(entry) }
}

/** What is about the whole data set is told by the property that it stands at. */
function defaultName(scope: QualityScope, kind: string): { readonly name?: string } {
  return scope.at === 'property' ? { name: `${columnName(scope.column.path)}.${kind}` } : {}
}

function requireOurs(engine: YamlValue): void {
  if (text(engine) !== 'lakeferry')
    refuse(
      engine,
      `checks of engine ${text(engine)} cannot be run here`,
      'A check that does not run must not look like a pass: keep it in a contract for that engine.',
    )
}

function entryNotes(entry: YamlMapping, type: (typeof TYPES)[number], scope: QualityScope): RuleNotes {
  const [id, name, severe, description] = ['id', 'name', 'severity', 'description'].map(key => entry.get(key))
  const ours = ourProperty(entry)
  const told = ours ? readNotes(mapping(ours, type === 'sql' ? SQL_NOTES : NOTE_KEYS), scope.columns) : {}
  if (severe && told.severity) refuse(severe, 'severity is told twice', 'Keep this one.')
  if (description && told.description) refuse(description, 'description is told twice', 'Keep this one.')
  return {
    ...told,
    ...(id ? { id: text(id) } : name ? { name: text(name) } : {}),
    ...(severe ? { severity: severity(severe) } : {}),
    ...(description ? { description: text(description) } : {}),
  }
}

function only(entry: YamlMapping, known: readonly string[], what: string): void {
  const stray = entry.keys().find(key => !known.includes(key))
  if (stray !== undefined) refuse(entry.get(stray)!, `${stray} says nothing about ${what}`, 'Leave it out.')
}
