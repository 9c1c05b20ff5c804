import type { Column } from '../model/column.js'
import type { RuleNotes } from './rule-list.js'
import { severity } from './severity.js'
import { readShare } from './share.js'
import { readWhere } from './where.js'
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
  readonly #entries: YamlMapping | undefined
  readonly #columns: readonly Column[]
  readonly #used = new Set<string>()

  constructor(value: YamlValue | undefined, keys: readonly string[], columns: readonly Column[]) {
    this.#entries = value && mapping(value, keys)
    this.#columns = columns
  }

  take(key: string): RuleNotes {
    this.#used.add(key)
    const entry = this.#entries?.get(key)
    const read = (at: YamlValue): RuleNotes =>
      isMapping(at) ? readNotes(mapping(at, NOTE_KEYS), this.#columns) : { message: text(at) }
    // A note that cannot be read does not keep the rule from being looked at.
    return entry?.file.part(() => read(entry)) ?? {}
  }

  /** Call when all rules of the property were made. */
  refuseUnused(column: string): void {
    for (const key of this.#entries?.keys() ?? []) {
      if (this.#used.has(key)) continue
      const at = this.#entries!.get(key)!
      const near = nearest(key, [...this.#used])
      at.file.part(() =>
        refuse(
          at,
          `${column} has no rule ${key} to say this about`,
          near ? `Did you mean ${near}?` : `Declare ${key} first, or leave this out.`,
        ),
      )
    }
  }
}

export const NOTE_KEYS: readonly string[] = ['message', 'severity', 'description', 'where', 'mostly']

/** What is told of one rule, in a mapping that has {@link NOTE_KEYS} among its keys. */
export function readNotes(entry: YamlMapping, columns: readonly Column[]): RuleNotes {
  const [message, severe, description, where, mostly] = NOTE_KEYS.map(key => entry.get(key))
  return {
    ...(message ? { message: text(message) } : {}),
    ...(severe ? { severity: severity(severe) } : {}),
    ...(description ? { description: text(description) } : {}),
    ...(where ? { where: { at: where, condition: readWhere(where, columns) } } : {}),
    ...(mostly ? { mostly: { at: mostly, threshold: readShare(mostly, 1) } } : {}),
  }
}
