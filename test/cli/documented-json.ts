import { readFileSync } from 'node:fs'

/** `datasets[].runs[].status` to `text or null`. */
export type Shape = ReadonlyMap<string, string>

const text = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

/** The members that docs/cli.md gives below `<!-- json: NAME -->`, and of those that it says it has `with`. */
export function documentedShape(name: string): Shape {
  const found = new RegExp(`<!-- json: ${name}(?:, with ([a-z, ]+))? -->\\n((?:\\|.*\\n)+)`).exec(text)
  if (found === null) throw new Error(`docs/cli.md has no table for ${name}`)
  const shape = new Map<string, string>()
  for (const other of found[1]?.split(' and ') ?? []) for (const row of documentedShape(other)) shape.set(...row)
  for (const [, member, type] of found[2]!.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm)) shape.set(member!, type!)
  return shape
}

/** What is wrong with a value by the documented shape: members too many, too few, of another type. */
export function differences(value: unknown, shape: Shape): string[] {
  const seen = new Set<string>()
  const problems: string[] = []
  const walk = (part: unknown, path: string): void => {
    if (path !== '' && !path.endsWith('[]')) {
      seen.add(path)
      const documented = shape.get(path)
      if (documented === undefined) problems.push(`${path} is not documented`)
      else if (!fits(part, documented)) problems.push(`${path} is ${JSON.stringify(part)}, documented as ${documented}`)
    }
    if (Array.isArray(part)) {
      for (const item of part) if (item !== null && typeof item === 'object') walk(item, `${path}[]`)
    } else if (part !== null && typeof part === 'object' && (path === '' || hasMembers(shape, path))) {
      for (const [name, member] of Object.entries(part)) walk(member, path === '' ? name : `${path}.${name}`)
    }
  }
  walk(value, '')
  for (const [path, type] of shape) {
    // What is within an empty list, or within an object that is null, cannot be there.
    const within = path.replace(/(\.|^)[^.]*$/, '')
    const reached = within === '' || someItem(value, within)
    if (!seen.has(path) && reached && !type.includes('optional')) problems.push(`${path} is documented and missing`)
  }
  return problems
}

function hasMembers(shape: Shape, path: string): boolean {
  return [...shape.keys()].some(key => key.startsWith(`${path}.`))
}

function someItem(value: unknown, path: string): boolean {
  let items: unknown[] = [value]
  for (const step of path.split('.')) {
    items = items.flatMap(item => {
      const member = (item as Record<string, unknown> | null)?.[step.replace('[]', '')]
      return step.endsWith('[]') ? ((member as unknown[] | undefined) ?? []) : [member]
    })
  }
  return items.some(item => item !== null && typeof item === 'object')
}

function fits(value: unknown, documented: string): boolean {
  const [type = '', ...rest] = documented.replace(', optional', '').split(' or ')
  if (value === null) return rest.includes('null')
  const kind = Array.isArray(value) ? 'list' : typeof value === 'string' ? 'text' : typeof value
  return kind === type
}
