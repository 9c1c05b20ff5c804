import type { Random } from './random.js'

/** One kind of damage done to some documents on purpose. */
export interface Defect<D> {
  /** For people: `no title`. */
  readonly name: string
  /** How many documents get it in a full-sized collection. A multiple of `together`. */
  readonly count: number
  /** How many documents it takes: two for a duplicate. @defaultValue 1 */
  readonly together?: number
  /** Ids of the contract's rules that each such document violates, and that no other defect makes it violate. */
  readonly rules: readonly string[]
  /** Damages one document. `turn` counts the documents with this defect from 0, so that each can look different. */
  readonly plant: (document: D, turn: number, random: Random) => void
}

/** What was planted, exactly: the ids in the order of the documents. */
export interface PlantedDefects {
  readonly defects: readonly {
    readonly name: string
    readonly rules: readonly string[]
    readonly ids: readonly string[]
  }[]
  /** Rule id to the `_id`s of the documents that violate it, as the lake's `_id` column writes them. */
  readonly expected: ReadonlyMap<string, readonly string[]>
}

/** Collections at least as large as this get every defect in full; smaller ones get their share. */
const FULL_SIZE = 2_000

/** Index of a document to the defect it gets. */
export type Places<D> = ReadonlyMap<number, { readonly defect: Defect<D>; readonly turn: number }>

/**
 * Chooses for each defect the documents that get it, no document twice: what each violates then follows from its one
 * defect alone. Every defect is planted at least once as long as there are documents left.
 */
export function choosePlaces<D>(defects: readonly Defect<D>[], documents: number, random: Random): Places<D> {
  const share = Math.min(1, documents / FULL_SIZE)
  const free = random.shuffled(Array.from({ length: documents }, (_, index) => index))
  const places = new Map<number, { defect: Defect<D>; turn: number }>()
  for (const defect of defects) {
    const together = defect.together ?? 1
    const groups = Math.min(
      Math.max(1, Math.floor((defect.count * share) / together)),
      Math.floor(free.length / together),
    )
    for (const [turn, index] of free.splice(0, groups * together).entries()) places.set(index, { defect, turn })
  }
  return places
}

/** @param idOf - the `_id` of the document with this index, as the lake's `_id` column writes it */
export function plantedDefects<D>(
  defects: readonly Defect<D>[],
  places: Places<D>,
  idOf: (index: number) => string,
): PlantedDefects {
  const damaged = new Map<string, string[]>()
  const expected = new Map<string, string[]>()
  const add = (map: Map<string, string[]>, key: string, id: string): void => {
    map.set(key, [...(map.get(key) ?? []), id])
  }
  for (const [index, { defect }] of [...places].sort(([a], [b]) => a - b)) {
    const id = idOf(index)
    add(damaged, defect.name, id)
    for (const rule of defect.rules) add(expected, rule, id)
  }
  return { defects: defects.map(({ name, rules }) => ({ name, rules, ids: damaged.get(name) ?? [] })), expected }
}
