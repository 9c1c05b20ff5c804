import type { RuleNotes } from './rule-list.js'
import { severity } from './severity.js'
import { isMapping, list, mapping, nearest, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** The name of our own custom property; all others belong to somebody else and are left alone. */
const OURS = 'lakeferry'

const CUSTOM_PROPERTY_KEYS = ['id', 'property', 'value', 'description', 'vendor', 'tags', 'authoritativeDefinitions']

/** The value of the custom property `lakeferry` of something that has `customProperties`. */
export function ourProperty(owner: YamlMapping): YamlValue | undefined {
  const properties = owner.get('customProperties')
  if (!properties) return undefined
  let found: YamlValue | undefined
  for (const item of list(properties)) {
    const entry = mapping(item, CUSTOM_PROPERTY_KEYS)
    const name = entry.need('property', 'Write - property: name and value: … .')
    const property = text(name)
    if (property.toLowerCase().startsWith(OURS) && property !== OURS)
      refuse(name, `custom property ${property}: ours is called ${OURS}`, `Write property: ${OURS}.`)
    if (property !== OURS) continue
    if (found) refuse(name, `two custom properties called ${OURS}`, 'Make one of them.')
    found = entry.need('value', 'Write value: {required: Missing title}, say.')
  }
  return found
}

/** Refuses our custom property where it would say nothing. */
export function refuseOurs(owner: YamlMapping): void {
  const found = ourProperty(owner)
  if (found)
    refuse(found, `the custom property ${OURS} says nothing here`, 'Put it on a property or on an entry of quality.')
}

/**
 * What the contract tells about the rules that a property's own keys make: `{required: Missing title, maxLength:
 * {message: Long title, severity: warning}}`. A note on a rule that is not there is refused.
 */
export class PropertyNotes {
  readonly #notes = new Map<string, { key: YamlValue; notes: RuleNotes }>()
  readonly #used = new Set<string>()

  constructor(value: YamlValue | undefined, keys: readonly string[]) {
    if (!value) return
    const entries = mapping(value, keys)
    for (const key of entries.keys()) {
      const entry = entries.get(key)!
      this.#notes.set(key, { key: entry, notes: isMapping(entry) ? readNotes(entry) : { message: text(entry) } })
    }
  }

  take(key: string): RuleNotes {
    this.#used.add(key)
    return this.#notes.get(key)?.notes ?? {}
  }

  /** Call when all rules of the property were made. */
  refuseUnused(column: string): void {
    for (const [key, { key: at }] of this.#notes) {
      if (this.#used.has(key)) continue
      const near = nearest(key, [...this.#used])
      refuse(
        at,
        `${column} has no rule ${key} to say this about`,
        near ? `Did you mean ${near}?` : `Declare ${key} first, or leave this out.`,
      )
    }
  }
}

const NOTE_KEYS = ['message', 'severity', 'description']

export function readNotes(value: YamlValue): RuleNotes {
  const entry = mapping(value, NOTE_KEYS)
  const [message, severe, description] = NOTE_KEYS.map(key => entry.get(key))
  return {
    ...(message ? { message: text(message) } : {}),
    ...(severe ? { severity: severity(severe) } : {}),
    ...(description ? { description: text(description) } : {}),
  }
}
