import type { FieldChange } from './field-changes.js'

/** How often a field differs among the changed documents. */
export interface FieldCount {
  readonly field: string
  /** Documents in which both versions have it, with other values. */
  readonly changed: number
  /** Documents of which only the newer version has it. */
  readonly added: number
  /** Documents of which only the older version has it. */
  readonly removed: number
}

/** A changed document that is shown. */
export interface ChangedSample {
  readonly id: string
  readonly changes: readonly FieldChange[]
}

/** Fields that are counted, at most: names may be data, as where a document is a dictionary. */
export const MAX_FIELDS = 10_000

/** Of a value that is shown, in UTF-16 units. */
const MAX_VALUE = 200

/** Gathers what is different, document by document; its memory is bounded. */
export class DifferenceCounts {
  changed = 0
  /** Those of them of which no field differs: the order of the fields does, or bits that no text shows. */
  rearranged = 0
  readonly samples: ChangedSample[] = []
  readonly #most: number
  readonly #fields = new Map<string, { changed: number; added: number; removed: number }>()
  #truncated = false

  /** @param samples - how many changed documents are kept to be shown */
  constructor(samples: number) {
    this.#most = samples
  }

  add(id: string, changes: readonly FieldChange[]): void {
    this.changed += 1
    if (changes.length === 0) this.rearranged += 1
    for (const change of changes) this.#count(change)
    if (this.samples.length < this.#most) {
      this.samples.push({
        id,
        changes: changes
          .slice(0, MAX_FIELDS)
          .map(({ field, ...sides }) => ({ field, old: cut(sides.old), new: cut(sides.new) })),
      })
    }
  }

  /** Those that differ most often first. */
  fields(): { readonly fields: readonly FieldCount[]; readonly truncated: boolean } {
    const total = ({ changed, added, removed }: FieldCount): number => changed + added + removed
    const fields = [...this.#fields].map(([field, counts]) => ({ field, ...counts }))
    fields.sort((a, b) => total(b) - total(a) || (a.field < b.field ? -1 : 1))
    return { fields, truncated: this.#truncated }
  }

  #count({ field, old, new: now }: FieldChange): void {
    let counts = this.#fields.get(field)
    if (counts === undefined) {
      if (this.#fields.size === MAX_FIELDS) {
        this.#truncated = true
        return
      }
      counts = { changed: 0, added: 0, removed: 0 }
      this.#fields.set(field, counts)
    }
    if (old === null) counts.added += 1
    else if (now === null) counts.removed += 1
    else counts.changed += 1
  }
}

function cut(text: string | null): string | null {
  if (text === null || text.length <= MAX_VALUE) return text
  // Not between the halves of a pair.
  return `${text.slice(0, MAX_VALUE).replace(/[\ud800-\udbff]$/, '')}…`
}
