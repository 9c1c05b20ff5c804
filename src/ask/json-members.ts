/**
 * Members of a JSON object as its writer left them: name to text of the value. For text of our own writers, which puts no
 * white space between things; numbers keep every digit. Undefined when the text is no object.
 *
 * Of a name that comes twice the last one counts.
 */
export function jsonMembers(text: string): ReadonlyMap<string, string> | undefined {
  if (!text.startsWith('{')) return undefined
  const members = new Map<string, string>()
  let at = 1
  while (text[at] === '"') {
    const nameEnd = stringEnd(text, at)
    const end = valueEnd(text, nameEnd + 1)
    members.set(JSON.parse(text.slice(at, nameEnd)) as string, text.slice(nameEnd + 1, end))
    at = end + 1
  }
  return members
}

/** The offset just after the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at += 1
    else if (code === 0x22) return at + 1
  }
  return text.length
}

/** The offset just after the value that begins at `start`: of the comma or the bracket that ends it. */
function valueEnd(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const character = text[at]
    if (character === '"') {
      at = stringEnd(text, at)
      continue
    }
    if (depth === 0 && (character === ',' || character === '}' || character === ']')) return at
    if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
    at += 1
  }
  return text.length
}
