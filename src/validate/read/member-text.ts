/**
 * The text of one member of a JSON object, as it stands there: parsing it and writing it again would round int64 and
 * lose `1.0`. Undefined when the object has no such member.
 *
 * @param object - text of a JSON object without spaces between its tokens, as the exporter writes it
 */
export function memberText(object: string, name: string): string | undefined {
  const wanted = JSON.stringify(name)
  let at = 1
  while (at < object.length && object[at] !== '}') {
    const keyEnd = valueEnd(object, at)
    const key = object.slice(at, keyEnd)
    const end = valueEnd(object, keyEnd + 1)
    // The same name can be escaped in another way.
    if (key === wanted || (key.includes('\\') && JSON.parse(key) === name)) return object.slice(keyEnd + 1, end)
    at = object[end] === ',' ? end + 1 : end
  }
  return undefined
}

/** Where the value that begins at `from` ends. Brackets are counted outside of texts only. */
function valueEnd(json: string, from: number): number {
  let depth = 0
  let at = from
  for (; at < json.length; at += 1) {
    const char = json[at]
    if (char === '"') {
      for (at += 1; at < json.length && json[at] !== '"'; at += 1) if (json[at] === '\\') at += 1
      if (depth === 0) return at + 1
    } else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') {
      if (depth === 0) return at
      depth -= 1
      if (depth === 0) return at + 1
    } else if (depth === 0 && (char === ',' || char === ':')) return at
  }
  return at
}
