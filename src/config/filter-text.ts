import { EJSON } from 'bson'
import { type Place, type Pointer, pointerOf } from './yaml-tree.js'

/**
 * The canonical Extended JSON v2 text of a `filter:`. Numbers keep the type they were written as: `3` is an int32,
 * `3000000000` an int64, `3.0` a double.
 *
 * @throws Error with the reason, when the mapping is no Extended JSON
 */
export function filterText(value: unknown, path: readonly string[], places: ReadonlyMap<Pointer, Place>): string {
  const typed = (node: unknown, at: readonly string[]): unknown => {
    if (Array.isArray(node)) return node.map((item, index) => typed(item, [...at, String(index)]))
    if (typeof node === 'bigint') return integer(node)
    if (typeof node === 'number') {
      return places.get(pointerOf(at))?.float ? { $numberDouble: doubleText(node) } : integer(BigInt(node))
    }
    if (node === null || typeof node !== 'object') return node
    const entries = Object.entries(node).map(([name, member]) => {
      // What is Extended JSON already: {$numberLong: 5} has its number as text, {$timestamp: {t: 1, i: 2}} as plain ones.
      if (name.startsWith('$number') && isNumber(member)) return [name, String(member)] as const
      if (name === '$timestamp') return [name, plainNumbers(member)] as const
      return [name, typed(member, [...at, name])] as const
    })
    return Object.fromEntries(entries)
  }
  return EJSON.stringify(EJSON.parse(JSON.stringify(typed(value, path)), { relaxed: false }), { relaxed: false })
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function plainNumbers(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isNumber(member) ? Number(member) : member]),
  )
}

function integer(value: bigint): Record<string, string> {
  if (BigInt.asIntN(32, value) === value) return { $numberInt: String(value) }
  if (BigInt.asIntN(64, value) === value) return { $numberLong: String(value) }
  throw new RangeError(`${value} does not fit into 64 bits`)
}

function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value)
}
