/**
 * JSON text by RFC 8785 (sorted keys, shortest numbers, no spaces): equal values give equal bytes. Ends without a
 * newline. Undefined members are left out, as `JSON.stringify` does.
 *
 * ECMAScript's own serialisation of strings and numbers is what RFC 8785 prescribes, and its default sort compares
 * UTF-16 code units, also as prescribed; so only the order of the members is ours.
 *
 * @throws TypeError for what JSON cannot hold: NaN, infinities, bigint, functions
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON text`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(`a ${typeof value} has no JSON text`)
}
