import type { ErrorObject } from 'ajv'
import { distance } from 'fastest-levenshtein'
import { LakeferryError } from '../errors.js'
import { MASK, redactUri } from '../model/redact-uri.js'
import { type SchemaNode, SETTINGS, schemaAt } from './settings.js'
import { pathOf } from './yaml-tree.js'

/** Where a wrong value came from: the file and its line, or `environment variable X`, or `--flag`. */
export type WhereIs = (path: readonly string[]) => { file: string; line?: number }

/**
 * The most useful of the schema's complaints as our error: a key that does not exist comes before what is missing
 * because of it, then whatever is first in the file.
 */
export function schemaError(errors: readonly ErrorObject[], where: WhereIs): LakeferryError {
  const complaints = errors
    // What is wrong with a name is told by `propertyNames` itself, not by what is in it.
    .filter(error => error.propertyName === undefined)
    .map(error => complaintOf(error, where))
  complaints.sort((a, b) => a.rank - b.rank || a.line - b.line)
  const first = complaints[0]
  if (first === undefined) throw new TypeError('the schema found fault and did not say where')
  return first.error
}

interface Complaint {
  readonly rank: number
  readonly line: number
  readonly error: LakeferryError
}

function complaintOf(error: ErrorObject, where: WhereIs): Complaint {
  const parent = pathOf(error.instancePath)
  const params = error.params as { additionalProperty?: string; missingProperty?: string; propertyName?: string }
  const child = params.additionalProperty ?? params.missingProperty ?? params.propertyName
  const path = child === undefined ? parent : [...parent, child]
  const place = where(path)
  const line = place.line ?? 0
  const key = path.join('.') || 'the file'

  if (params.additionalProperty !== undefined) {
    const nearest = nearestKey(parent, params.additionalProperty)
    const details = { ...place, key, ...(nearest === undefined ? {} : { nearest }) }
    return { rank: 0, line, error: new LakeferryError('CONFIG_UNKNOWN_KEY', details) }
  }
  const named = params.propertyName !== undefined
  const schema = named ? schemaAt(parent)?.propertyNames : schemaAt(path)
  const wanted = schema?.title ?? 'something else'
  const got =
    params.missingProperty !== undefined ? 'nothing' : named ? `${JSON.stringify(child)}` : shown(error.data, schema)
  return { rank: 1, line, error: new LakeferryError('CONFIG_INVALID', { ...place, key, wanted, got }) }
}

const LONGEST_SHOWN = 60

/** A value as an error may show it: no secrets, not too long. */
export function shown(value: unknown, schema: SchemaNode | undefined): string {
  if (value === null || value === undefined) return 'nothing'
  if (schema?.writeOnly) return MASK
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value !== 'string') return `${String(value)} (a ${typeof value === 'boolean' ? 'truth value' : 'number'})`
  const safe = redactUri(value)
  return JSON.stringify(safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe)
}

/** A known key that was probably meant: a similar one beside it, or one of that name elsewhere. */
export function nearestKey(parent: readonly string[], unknown: string): string | undefined {
  const siblings = Object.keys(schemaAt(parent)?.properties ?? {})
  const nearest = siblings
    .map(name => ({ name, edits: distance(name.toLowerCase(), unknown.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0]
  // A third of the letters may be wrong: more, and it is another word.
  if (nearest && nearest.edits <= Math.max(1, Math.floor(nearest.name.length / 3)))
    return [...parent, nearest.name].join('.')
  const elsewhere = SETTINGS.find(setting => setting.key.split('.').at(-1) === unknown)?.key
  return elsewhere?.replace('*', 'NAME')
}
