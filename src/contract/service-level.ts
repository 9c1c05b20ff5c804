import { type Column, typeText } from '../model/column.js'
import { parseDuration } from '../model/duration.js'
import { columnName } from '../model/rule.js'
import { findColumn } from './column-lookup.js'
import type { RuleList } from './rule-list.js'
import { NOTE_KEYS, ourProperty, readNotes, refuseOurs } from './rule-notes.js'
import {
  list,
  mapping,
  nearest,
  number,
  refuse,
  refuseType,
  scalar,
  text,
  type YamlMapping,
  type YamlValue,
} from './yaml-file.js'

const KEYS = [
  'id',
  'property',
  'value',
  'valueExt',
  'unit',
  'element',
  'driver',
  'description',
  'scheduler',
  'schedule',
  'customProperties',
  'tags',
  'authoritativeDefinitions',
]

/** ODCS: "latency (synonym ly) - preferred to freshness". */
const FRESHNESS = ['latency', 'ly', 'freshness']

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  second: 1,
  min: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
}

/** A freshness that the contract promises, of the newest run or of a column of one of its objects. */
export interface ServiceLevel {
  readonly at: YamlValue
  readonly entry: YamlMapping
  readonly seconds: number
  /** As written in `element`, or `slaDefaultElement`: `papers.updated_at`. Undefined: the age of the newest run. */
  readonly elements: readonly string[]
}

/** Reads the freshness out of `slaProperties`. The rest describes the service: it is nobody's check here. */
export function readServiceLevels(
  value: YamlValue | undefined,
  defaultElement: YamlValue | undefined,
): readonly ServiceLevel[] {
  const common = defaultElement?.file.part(() => text(defaultElement))
  if (!value) return []
  const levels = value.file.part(() =>
    list(value).flatMap(item => value.file.part(() => readLevel(mapping(item, KEYS), common)) ?? []),
  )
  return levels ?? []
}

function readLevel(entry: YamlMapping, common: string | undefined): readonly ServiceLevel[] {
  const name = entry.need('property', 'Write property: freshness, say.')
  const amount = entry.need('value', 'Write value: 26, say.')
  if (!FRESHNESS.includes(text(name).toLowerCase())) {
    refuseOurs(entry)
    return []
  }
  const element = entry.get('element')
  const written = element ? text(element, 'a data set and its column, such as papers.updated_at') : common
  const elements = (written ?? '').split(',').map(part => part.trim())
  if (written !== undefined && elements.includes(''))
    refuse(element ?? name, `element: ${written} names nothing`, 'Write element: papers.updated_at, say.')
  return [
    { at: element ?? name, entry, seconds: readAge(amount, entry), elements: written === undefined ? [] : elements },
  ]
}

/** `26` with its unit, or an age by itself: `26h`, `PT26H`, `P1DT2H`. */
function readAge(amount: YamlValue, entry: YamlMapping): number {
  const unit = entry.get('unit')
  const written = scalar(amount).value
  const whole = typeof written === 'string' ? (parseDuration(written) ?? isoSeconds(amount, written)) : undefined
  if (whole !== undefined) {
    if (unit) refuse(unit, `unit beside ${written}`, 'The value says it already: leave it out.')
    return whole
  }
  if (number(amount, 'a number, or a time such as 26h') <= 0) refuseType(amount, 'a number above 0')
  // As datacontract-cli reads it.
  const seconds = number(amount) * (unit ? unitSeconds(unit) : SECONDS.d!)
  return Number.isSafeInteger(seconds) ? seconds : refuseType(amount, 'a number that makes whole seconds')
}

/** ISO 8601, as far as it is a fixed time: weeks, days, hours, minutes, seconds. */
function isoSeconds(value: YamlValue, written: string): number | undefined {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(written)
  if (!found) return undefined
  const [years, months, ...parts] = found.slice(1).map(part => Number(part ?? 0))
  if (years || months) refuse(value, `${written} is no fixed time`, 'Write it in days: P30D.')
  const seconds = [604_800, 86_400, 3_600, 60, 1].reduce((sum, each, at) => sum + each * (parts[at] ?? 0), 0)
  return seconds > 0 && Number.isSafeInteger(seconds) ? seconds : refuseType(value, 'a time above 0')
}

/** The age in seconds that the newest run may have; undefined when the contract says nothing of it. */
export function runFreshness(levels: readonly ServiceLevel[], objects: readonly string[]): number | undefined {
  const told = levels.filter(
    ({ elements }) => elements.length === 0 || elements.some(element => objects.includes(element)),
  )
  const [first, second] = told
  if (second) refuse(second.at, 'freshness is told twice', 'freshness and latency mean the same here: keep one.')
  if (first) refuseOurs(first.entry)
  return first?.seconds
}

/**
 * Adds the rules of the columns that `slaProperties` names: `element: papers.updated_at`.
 *
 * @param object - whose columns they are
 * @param others - the other objects of the file, whose columns are not told here
 */
export function addFreshness(
  levels: readonly ServiceLevel[],
  object: { readonly name: string; readonly columns: readonly Column[]; readonly rules: RuleList },
  others: readonly string[],
): void {
  for (const { at, entry, seconds, elements } of levels)
    for (const element of elements)
      at.file.part(() => {
        if (element === object.name || others.some(name => element === name || element.startsWith(`${name}.`))) return
        const within = element.startsWith(`${object.name}.`) ? element.slice(object.name.length + 1) : element
        const { path, type } = findColumn({ ...at, key: 'element' }, within, object.columns)
        if (type.kind !== 'timestamp')
          refuse(
            at,
            `element: ${columnName(path)} (${typeText(type)}) tells no time`,
            'Name a column of logicalType: timestamp.',
          )
        const description = entry.get('description')
        const ours = ourProperty(entry)
        const told = ours ? readNotes(mapping(ours, NOTE_KEYS), object.columns) : {}
        object.rules.add(
          at,
          { kind: 'freshness', column: path, seconds },
          { ...told, ...(description ? { description: text(description) } : {}) },
        )
      })
}

function unitSeconds(value: YamlValue): number {
  const written = text(value, 's, min, h, d or w')
  const unit = written.toLowerCase()
  const single = Object.hasOwn(SECONDS, unit) ? unit : unit.replace(/s$/, '')
  const found = Object.hasOwn(SECONDS, single) ? SECONDS[single] : undefined
  if (found !== undefined) return found
  // Minutes to some readers of the standard, months to others.
  if (['m', 'mo', 'month', 'y', 'yr', 'year'].includes(single))
    return refuse(value, `unit ${written} is no fixed time`, 'Write min for minutes; or so many d for days.')
  const near = nearest(written, Object.keys(SECONDS))
  return refuseType(value, 's, min, h, d or w', near && `Did you mean ${near}?`)
}
