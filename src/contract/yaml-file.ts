import { distance } from 'fastest-levenshtein'
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml'
import { isLakeferryError, LakeferryError } from '../errors.js'

/** A value in the file: what it is, where it stands, and what people call it. */
export interface YamlValue {
  readonly file: YamlFile
  /** Null where nothing stands behind a key. */
  readonly node: Node | null
  /** Where to point when it is wrong, in UTF-16 units from the start of the file. */
  readonly offset: number
  /** The key it stands behind: `required`. */
  readonly key: string
}

/** A mapping whose keys are all known. */
export interface YamlMapping {
  readonly value: YamlValue
  get(key: string): YamlValue | undefined
  /** Refuses the file when the key is not there. */
  need(key: string, next: string): YamlValue
  /** Those that are known. */
  keys(): readonly string[]
  /** Whether it has none at all. What has only unknown ones was told already, and ends the reading. */
  isEmpty(): boolean
}

/** Thrown where something cannot be read because of a problem that was told already: it is no problem of its own. */
class AlreadyTold extends Error {}

/** One contract file, and how to say what is wrong with it. */
export class YamlFile {
  readonly name: string
  readonly root: YamlValue
  readonly #lines = new LineCounter()
  readonly #problems: LakeferryError<'CONTRACT_INVALID'>[] = []
  readonly #unread = new Set<string>()

  /** @throws {@link LakeferryError} `CONTRACT_INVALID` for what is no YAML */
  constructor(text: string, name: string) {
    this.name = name
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true })
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem) this.refuse(problem.pos[0], problem.message, 'Mend the YAML at that place.')
    this.root = { file: this, node: document.contents, offset: document.contents?.range?.[0] ?? 0, key: 'the contract' }
  }

  refuse(offset: number, problem: string, next?: string): never {
    const { line, col } = this.#lines.linePos(offset)
    throw new LakeferryError('CONTRACT_INVALID', {
      file: this.name,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      problem,
      ...(next === undefined ? {} : { next }),
    })
  }

  /**
   * Reads a part that stands by itself: what is wrong with it is kept, and reading goes on behind it. So one look at a
   * file tells everything that is to be mended.
   *
   * @returns undefined when the part could not be read
   */
  part<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (error instanceof AlreadyTold) return undefined
      if (!isLakeferryError(error, 'CONTRACT_INVALID')) throw error
      this.#problems.push(error)
      return undefined
    }
  }

  /** What is wrong with the file as far as it was read: in its order, nothing twice. */
  problems(): readonly LakeferryError<'CONTRACT_INVALID'>[] {
    const seen = new Set<string>()
    return this.#problems
      .toSorted((a, b) => a.details.line - b.details.line || a.details.column - b.details.column)
      .filter(({ message }) => !seen.has(message) && seen.add(message))
  }

  /** Remembers a column whose declaration could not be read, so that it is not told to be absent as well. */
  giveUp(column: string): void {
    this.#unread.add(column)
  }

  /** Ends the reading of what needs a column that could not be read. */
  passOver(column: string): void {
    if (this.#unread.has(column)) throw new AlreadyTold()
  }

  alreadyTold(): never {
    throw new AlreadyTold()
  }
}

/** @throws {@link LakeferryError} `CONTRACT_INVALID` at the value */
export function refuse(value: YamlValue, problem: string, next?: string): never {
  return value.file.refuse(value.offset, problem, next)
}

/** What arrived, as short as will do: for "wanted …, got …". */
export function gotText({ node }: YamlValue): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list'
  if (!isScalar(node) || node.value === null) return 'nothing'
  const text = JSON.stringify(node.value) ?? String(node.value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

export function refuseType(value: YamlValue, wanted: string, next?: string): never {
  return refuse(value, `${value.key}: wanted ${wanted}, got ${gotText(value)}`, next)
}

/** Reads a mapping and refuses what is not among the known keys. */
export function mapping(value: YamlValue, known: readonly string[]): YamlMapping {
  const entries = openMapping(value)
  const misspelt = new Set<string | undefined>()
  for (const [key, entry] of entries) {
    if (known.includes(key)) continue
    const near = nearest(key, known)
    misspelt.add(near)
    value.file.part(() =>
      refuse(
        entry.keyValue,
        `${value.key}: unknown key ${key}`,
        near ? `Did you mean ${near}?` : `Known here: ${known.join(', ')}.`,
      ),
    )
    entries.delete(key)
  }
  return {
    value,
    get: key => entries.get(key)?.value,
    need: (key, next) => {
      if (misspelt.has(key)) value.file.alreadyTold()
      return entries.get(key)?.value ?? refuse(value, `${value.key}: ${key} is missing`, next)
    },
    keys: () => [...entries.keys()],
    isEmpty: () => (entries.size === 0 && misspelt.size > 0 ? value.file.alreadyTold() : entries.size === 0),
  }
}

/** All members of a mapping whose keys are names that the contract chose itself. */
export function members(value: YamlValue): readonly { readonly name: YamlValue; readonly value: YamlValue }[] {
  return [...openMapping(value).values()].map(entry => ({ name: entry.keyValue, value: entry.value }))
}

function openMapping(value: YamlValue): Map<string, { keyValue: YamlValue; value: YamlValue }> {
  const { node, file } = value
  refuseAlias(value)
  if (!isMap(node)) refuseType(value, 'a mapping')
  const entries = new Map<string, { keyValue: YamlValue; value: YamlValue }>()
  for (const pair of node.items) {
    const keyNode = pair.key as Node | null
    const offset = keyNode?.range?.[0] ?? value.offset
    const keyValue = { file, node: keyNode, offset, key: value.key }
    if (!isScalar(keyNode)) refuse(keyValue, 'a key that is no text', 'Write a plain key.')
    const key = String(keyNode.value)
    const child = pair.value as Node | null
    // Nothing behind a key has no place of its own.
    const place = child?.range && !(isScalar(child) && child.value === null) ? child.range[0] : offset
    entries.set(key, { keyValue, value: { file, node: child, offset: place, key } })
  }
  return entries
}

/** The known word that was probably meant, if one is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const ranked = known
    .map(text => ({ text, edits: distance(lower, text.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(2, Math.floor(word.length / 3)) ? best.text : undefined
}

export function list(value: YamlValue): readonly YamlValue[] {
  refuseAlias(value)
  if (!isSeq(value.node)) refuseType(value, 'a list')
  return value.node.items.map(item => {
    const node = item as Node | null
    return { file: value.file, node, offset: node?.range?.[0] ?? value.offset, key: value.key }
  })
}

export function text(value: YamlValue, wanted = 'text'): string {
  const { value: got } = scalar(value)
  if (typeof got === 'string' && got !== '') return got
  return refuseType(
    value,
    wanted,
    typeof got === 'number' || typeof got === 'boolean' ? 'Put it in quotes.' : undefined,
  )
}

export function flag(value: YamlValue): boolean {
  const { value: got } = scalar(value)
  return typeof got === 'boolean' ? got : refuseType(value, 'true or false')
}

export function number(value: YamlValue, wanted = 'a number'): number {
  const node = scalar(value)
  if (typeof node.value !== 'number' || !Number.isFinite(node.value)) return refuseType(value, wanted)
  if (Number.isInteger(node.value) && !Number.isSafeInteger(node.value))
    refuse(
      value,
      `${value.key}: ${node.source ?? node.value} is beyond the whole numbers that every reader of JSON keeps (2^53)`,
      'Use a bound within ±9007199254740991.',
    )
  // -0 and 0 are the same bound.
  return node.value + 0
}

/** A whole number, `least` or more. */
export function whole(value: YamlValue, least = 0): number {
  const wanted = `a whole number from ${least} on`
  const got = number(value, wanted)
  return Number.isInteger(got) && got >= least ? got : refuseType(value, wanted)
}

export function oneOf<T extends string>(value: YamlValue, known: readonly T[]): T {
  const wanted = known.length === 1 ? `${known[0]}` : `one of ${known.join(', ')}`
  const got = text(value, wanted)
  const found = known.find(word => word === got)
  if (found !== undefined) return found
  const near = nearest(got, known)
  return refuseType(value, wanted, near && `Did you mean ${near}?`)
}

export function scalar(value: YamlValue): Scalar {
  refuseAlias(value)
  if (value.node === null) return refuseType(value, 'a value')
  if (!isScalar(value.node)) return refuseType(value, 'a single value')
  return value.node
}

export function isMapping(value: YamlValue): boolean {
  return isMap(value.node)
}

export function isList(value: YamlValue): boolean {
  return isSeq(value.node)
}

/** `null`, `~`, or nothing behind a key. */
export function isNull(value: YamlValue): boolean {
  return value.node === null || (isScalar(value.node) && value.node.value === null)
}

/** Aliases could make a small file endless, and hide where a value comes from. */
function refuseAlias(value: YamlValue): void {
  if (isAlias(value.node)) refuse(value, `${value.key}: an alias (*${value.node.source})`, 'Write the value out.')
}
