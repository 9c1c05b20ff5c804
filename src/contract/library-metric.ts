import { typeText } from '../model/column.js'
import { EACH } from '../model/rule.js'
import { type FoundColumn, readColumns, refuseIncomparable } from './column-lookup.js'
import { itemList } from './option-rules.js'
import { readPattern } from './pattern-value.js'
import type { QualityScope } from './quality.js'
import type { RuleBody, RuleNotes, Tolerance } from './rule-list.js'
import { OPERATORS, readRowCount, readTolerance } from './tolerance.js'
import { readValues } from './valid-values.js'
import { list, mapping, oneOf, refuse, type YamlMapping, type YamlValue } from './yaml-file.js'

const METRICS = ['nullValues', 'missingValues', 'invalidValues', 'duplicateValues', 'rowCount'] as const

type MetricName = (typeof METRICS)[number]

/** What ODCS 3.0 called them. */
const OLD_NAMES: Readonly<Record<string, MetricName>> = {
  duplicateCount: 'duplicateValues',
  validValues: 'invalidValues',
  nullCheck: 'nullValues',
}

const ARGUMENTS: Readonly<Record<MetricName, readonly string[]>> = {
  nullValues: [],
  missingValues: ['missingValues'],
  invalidValues: ['validValues', 'pattern'],
  duplicateValues: ['properties'],
  rowCount: [],
}

/** A metric as it was asked for. */
interface Metric {
  readonly entry: YamlMapping
  readonly name: MetricName
  /** Where its name stands. */
  readonly at: YamlValue
  /** Of ODCS 3.0, where the list stood beside `rule: validValues` and no operator was needed. */
  readonly old: boolean
  argument(name: string): YamlValue | undefined
}

/** The rule of a library metric, as ODCS 3.1 writes it (`metric:`, `arguments:`) or as 3.0 did (`rule:`). */
export function libraryRule(
  entry: YamlMapping,
  scope: QualityScope,
  notes: RuleNotes,
): readonly [RuleBody, Tolerance | undefined] {
  const metric = readMetric(entry)
  if (scope.at === 'schema') return schemaRule(metric, scope, notes)
  return [columnRule(metric, scope.column), readTolerance(entry, !metric.old && !notes.mostly, notes)]
}

function readMetric(entry: YamlMapping): Metric {
  const [metric, rule] = [entry.get('metric'), entry.get('rule')]
  const at = metric ?? rule
  if (!at)
    refuse(
      entry.value,
      'a quality entry without metric',
      `Write metric: and one of ${METRICS.join(', ')}; or type: custom, or type: text.`,
    )
  if (metric && rule) refuse(rule, 'metric and rule at once', 'rule is what ODCS 3.0 called it: keep metric.')
  const written = oneOf(at, metric ? METRICS : [...METRICS, ...Object.keys(OLD_NAMES)])
  const name = OLD_NAMES[written] ?? (written as MetricName)
  const old = metric === undefined
  const given = entry.get('arguments')
  const args = given && mapping(given, ARGUMENTS[name])
  const beside = entry.get('validValues')
  if (beside && (written !== 'validValues' || args?.get('validValues')))
    refuse(beside, 'validValues is an argument', 'Write arguments: {validValues: [ … ]}.')
  if (written === 'validValues') refuseOperator(entry)
  return {
    entry,
    name,
    at,
    old,
    argument: argument => args?.get(argument) ?? (argument === 'validValues' ? beside : undefined),
  }
}

/** A count that must be 0 of *valid* values can mean its opposite. */
function refuseOperator(entry: YamlMapping): void {
  const operator = OPERATORS.find(name => entry.get(name))
  if (operator)
    refuse(
      entry.get(operator)!,
      `${operator} with rule: validValues`,
      'Write metric: invalidValues, arguments: {validValues: [ … ]} and mustBe: 0.',
    )
}

function columnRule(metric: Metric, { path, type }: FoundColumn): RuleBody {
  switch (metric.name) {
    case 'rowCount':
      return refuse(metric.at, 'rowCount is about all documents', 'Move the entry to the quality of the schema object.')
    case 'nullValues':
      return { kind: 'required', column: path }
    case 'missingValues': {
      const missing = metric.argument('missingValues')
      if (!missing) refuse(metric.at, 'missingValues without the list', "Write arguments: {missingValues: [null, '']}.")
      // Null and not being there count as missing whether or not null is listed.
      const { values } = readValues(list(missing), type)
      return values.length === 0 ? { kind: 'required', column: path } : { kind: 'notMissing', column: path, values }
    }
    case 'invalidValues':
      return invalidRule(metric, { path, type })
    case 'duplicateValues': {
      const properties = metric.argument('properties')
      if (properties)
        refuse(properties, 'properties at a property', 'Move the entry to the quality of the schema object.')
      if (path.includes(EACH)) return { kind: 'uniqueItems', column: itemList(metric.at, path, type) }
      refuseIncomparable(metric.at, { path, type })
      return { kind: 'unique', columns: [path] }
    }
  }
}

function invalidRule(metric: Metric, { path, type }: FoundColumn): RuleBody {
  const [valid, pattern] = [metric.argument('validValues'), metric.argument('pattern')]
  if (valid && pattern) refuse(pattern, 'validValues and pattern at once', 'Make two entries of it.')
  if (pattern) {
    if (type.kind !== 'string' && type.kind !== 'objectId')
      refuse(pattern, `pattern says nothing about ${typeText(type)}`, 'Patterns are for text.')
    return { kind: 'pattern', column: path, pattern: readPattern(pattern) }
  }
  if (!valid)
    refuse(metric.at, `${metric.name} without what is valid`, 'Write arguments: {validValues: [ … ]} or {pattern: … }.')
  // A field without a value is never an invalid one, whether or not null is listed.
  const { values } = readValues(list(valid), type)
  if (values.length === 0) refuse(valid, 'validValues is empty', 'List what is valid.')
  return { kind: 'enum', column: path, values }
}

function schemaRule(
  metric: Metric,
  scope: QualityScope & { at: 'schema' },
  notes: RuleNotes,
): readonly [RuleBody, Tolerance | undefined] {
  if (metric.name === 'rowCount') return [{ kind: 'rowCount', ...readRowCount(metric.entry) }, undefined]
  if (metric.name !== 'duplicateValues')
    refuse(metric.at, `${metric.name} is about one property`, 'Move the entry to the quality of that property.')
  const properties = metric.argument('properties')
  if (!properties)
    refuse(
      metric.at,
      'duplicateValues without properties',
      'Write arguments: {properties: [ … ]}, or move the entry to a property.',
    )
  const columns = readColumns(properties, scope.columns, 1)
  for (const column of columns) refuseIncomparable(properties, column)
  return [
    { kind: 'unique', columns: columns.map(column => column.path) },
    readTolerance(metric.entry, !metric.old && !notes.mostly, notes),
  ]
}
