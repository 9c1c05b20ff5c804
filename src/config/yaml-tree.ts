import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { LakeferryError } from '../errors.js'
import { jsonPointer } from '../model/json-pointer.js'
import { interpolate } from './interpolate.js'

/** The values of a YAML file and where each stands in it. */
export interface YamlTree {
  /** Plain values; mappings have no prototype, so that `__proto__` is a key like any other. */
  readonly value: unknown
  readonly places: ReadonlyMap<Pointer, Place>
}

export interface Place {
  /** From 1. */
  readonly line: number
  /** Names of the environment variables that the value was made of. */
  readonly variables: readonly string[]
  /** Whether a number was written with a point or an exponent. */
  readonly float: boolean
}

/** JSON Pointer (RFC 6901): `/datasets/papers/formats/0`. */
export type Pointer = string

export function pointerOf(path: readonly string[]): Pointer {
  return jsonPointer(path)
}

export function pathOf(pointer: Pointer): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/**
 * Reads one YAML 1.2 document (core schema), with `${NAME}` and `${NAME:-default}` in its texts replaced.
 *
 * Aliases are refused: nothing here is worth repeating, and they could make a small file endless.
 *
 * @throws {@link LakeferryError} `CONFIG_SYNTAX`, `CONFIG_ENVIRONMENT`
 */
export function readYamlTree(text: string, file: string, env: Readonly<Record<string, string | undefined>>): YamlTree {
  const lines = new LineCounter()
  // Big integers, so that a filter keeps int64 to the digit.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, intAsBigInt: true, uniqueKeys: true })
  const places = new Map<Pointer, Place>()

  const syntaxError = (offset: number, problem: string, cause?: unknown): LakeferryError => {
    const { line, col } = lines.linePos(offset)
    return new LakeferryError('CONFIG_SYNTAX', { file, line, column: col, problem }, { cause })
  }
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem) {
    const lineText = text.split('\n')[lines.linePos(problem.pos[0]).line - 1] ?? ''
    const quotes = lineText.includes('${') ? `; within { } or [ ], "\${NAME}" needs quotes` : ''
    throw syntaxError(problem.pos[0], `${problem.message}${quotes}`, problem)
  }

  const read = (node: Node | null, path: readonly string[], offset: number): unknown => {
    const place = (variables: readonly string[] = [], float = false): void => {
      places.set(pointerOf(path), { line: lines.linePos(offset).line, variables, float })
    }
    if (isAlias(node))
      throw syntaxError(node.range?.[0] ?? offset, 'aliases (*name) are not read here: write the value out')
    if (isMap(node)) {
      place()
      const map: Record<string, unknown> = Object.create(null)
      for (const { key, value } of node.items) {
        if (!isScalar(key)) throw syntaxError(offset, 'a key must be a plain name')
        // The text as typed: 2013 and true are names here, not a number and a truth.
        const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
        map[name] = read(value as Node | null, [...path, name], key.range?.[0] ?? offset)
      }
      return map
    }
    if (isSeq(node)) {
      place()
      return node.items.map((item, index) => {
        const child = item as Node
        return read(child, [...path, String(index)], child.range?.[0] ?? offset)
      })
    }
    if (!isScalar(node)) {
      place()
      return null
    }
    if (typeof node.value !== 'string') {
      place([], typeof node.value === 'number')
      return node.value
    }
    const { text: value, variables } = interpolate(node.value, env, { file, key: path.join('.') })
    place(variables)
    return value
  }

  const root = document.contents as Node | null
  return { value: read(root, [], root?.range?.[0] ?? 0), places }
}
