import { list, mapping, nearest, number, refuse, refuseType, text, type YamlValue } from './yaml-file.js'

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

/** The age in seconds that the newest run may have; undefined when the contract says nothing of it. */
export function readFreshness(value: YamlValue | undefined): number | undefined {
  if (!value) return undefined
  let seconds: number | undefined
  for (const item of list(value)) {
    const entry = mapping(item, KEYS)
    const name = entry.need('property', 'Write property: freshness, say.')
    const amount = entry.need('value', 'Write value: 26, say.')
    const property = text(name).toLowerCase()
    // Retention, availability and the rest describe the service; they are nobody's check here.
    if (!FRESHNESS.includes(property)) continue
    if (seconds !== undefined)
      refuse(name, 'freshness is told twice', 'freshness and latency mean the same here: keep one.')
    const element = entry.get('element')
    if (element)
      refuse(element, `element: ${text(name)} is the age of the newest run, not of a column`, 'Leave it out.')
    const each = unitSeconds(entry.get('unit') ?? refuse(item, `${text(name)} without unit`, 'Write unit: h, or d.'))
    if (number(amount) <= 0) refuseType(amount, 'a number above 0')
    seconds = number(amount) * each
    if (!Number.isSafeInteger(seconds)) refuseType(amount, 'a number that makes whole seconds')
  }
  return seconds
}

function unitSeconds(value: YamlValue): number {
  const written = text(value, 's, min, h, d or w')
  const unit = written.toLowerCase()
  const single = Object.hasOwn(SECONDS, unit) ? unit : unit.replace(/s$/, '')
  const found = Object.hasOwn(SECONDS, single) ? SECONDS[single] : undefined
  if (found !== undefined) return found
  if (['m', 'mo', 'month', 'y', 'yr', 'year'].includes(single))
    return refuse(value, `unit ${written} is no fixed time`, 'Write min for minutes; or so many d for days.')
  const near = nearest(written, Object.keys(SECONDS))
  return refuseType(value, 's, min, h, d or w', near && `Did you mean ${near}?`)
}
