import type { Column } from '../model/column.js'
import type { FoundColumn } from './column-lookup.js'
import { lakeferryRule, readImplementation } from './lakeferry-check.js'
import { libraryRule } from './library-metric.js'
import type { RuleList, RuleNotes } from './rule-list.js'
import { ourProperty, readNotes } from './rule-notes.js'
import { severity } from './severity.js'
import { OPERATORS } from './tolerance.js'
import { list, mapping, oneOf, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** Where an entry of `quality` stands: at a property, or at the schema object with all its columns. */
export type QualityScope =
  | { readonly at: 'property'; readonly column: FoundColumn; readonly rules: RuleList }
  | { readonly at: 'schema'; readonly columns: readonly Column[]; readonly rules: RuleList }

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
const KEYS = [...TOLD, ...MEASURED, 'query', 'engine', 'implementation']

/** Adds the rules of a `quality` list, in its order. */
export function addQuality(value: YamlValue | undefined, scope: QualityScope): void {
  if (!value) return
  for (const item of list(value)) addEntry(mapping(item, KEYS), scope)
}

function addEntry(entry: YamlMapping, scope: QualityScope): void {
  const at = entry.get('type')
  const notes = entryNotes(entry)
  switch (at ? oneOf(at, TYPES) : 'library') {
    case 'text':
      // For people: nothing in it could be run.
      only(entry, TOLD, 'type: text')
      break
    case 'library': {
      only(entry, [...TOLD, ...MEASURED], 'a library metric')
      const [rule, tolerance] = libraryRule(entry, scope)
      scope.rules.add(entry.value, rule, notes, tolerance)
      break
    }
    case 'sql':
      refuse(at!, 'type: sql is not run', 'Use a library metric, or type: custom with engine: lakeferry.')
      break
    case 'custom': {
      only(entry, [...TOLD, 'engine', 'implementation'], 'type: custom')
      requireOurs(entry.need('engine', 'Write engine: lakeferry.'))
      const check = readImplementation(entry.need('implementation', 'Write implementation: {rule: notEmpty}.'))
      const message = check.get('message')
      if (message && notes.message !== undefined) refuse(message, 'message is told twice', 'Keep this one.')
      const told = message ? { ...notes, message: text(message) } : notes
      scope.rules.add(entry.value, lakeferryRule(check, scope), told)
    }
  }
}

function requireOurs(engine: YamlValue): void {
  if (text(engine) !== 'lakeferry')
    refuse(
      engine,
      `checks of engine ${text(engine)} cannot be run here`,
      'A check that does not run must not look like a pass: keep it in a contract for that engine.',
    )
}

function entryNotes(entry: YamlMapping): RuleNotes {
  const name = entry.get('id') ?? entry.get('name')
  const severe = entry.get('severity')
  const description = entry.get('description')
  const ours = ourProperty(entry)
  const told = ours ? readNotes(ours) : {}
  if (severe && told.severity) refuse(severe, 'severity is told twice', 'Keep this one.')
  if (description && told.description) refuse(description, 'description is told twice', 'Keep this one.')
  return {
    ...told,
    ...(name ? { id: text(name) } : {}),
    ...(severe ? { severity: severity(severe) } : {}),
    ...(description ? { description: text(description) } : {}),
  }
}

function only(entry: YamlMapping, known: readonly string[], what: string): void {
  const stray = entry.keys().find(key => !known.includes(key))
  if (stray !== undefined) refuse(entry.get(stray)!, `${stray} says nothing about ${what}`, 'Leave it out.')
}
