const [QUOTE, COLON, COMMA, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN, CLOSE] = [
  0x22, 0x3a, 0x2c, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
]

/**
 * The text of one top-level member's value in a document that an export wrote as plain JSON: no white space between
 * things. A name is compared as it is spelled, so it must be one that needs no escapes.
 *
 * @returns undefined when there is no such member
 */
export function jsonMember(text: Uint8Array, name: string): Uint8Array | undefined {
  let at = 1
  while (at < text.length && text[at] === QUOTE) {
    const nameEnd = stringEnd(text, at)
    const value = nameEnd + 1
    if (text[nameEnd] !== COLON) return undefined
    const end = valueEnd(text, value)
    if (isName(text, at + 1, nameEnd - 1, name)) return text.subarray(value, end)
    if (text[end] !== COMMA) return undefined
    at = end + 1
  }
  return undefined
}

function isName(text: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false
  for (let at = 0; at < name.length; at++) if (text[start + at] !== name.charCodeAt(at)) return false
  return true
}

/** The offset just after the string that begins at `start`. */
function stringEnd(text: Uint8Array, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === BACKSLASH) at += 1
    else if (text[at] === QUOTE) return at + 1
  }
  return text.length
}

/** The offset just after the value that begins at `start`. */
function valueEnd(text: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const byte = text[at]!
    if (byte === QUOTE) at = stringEnd(text, at)
    else {
      if (depth === 0 && (byte === COMMA || byte === CLOSE)) return at
      if (byte === OPEN || byte === OPEN_ARRAY) depth += 1
      else if (byte === CLOSE || byte === CLOSE_ARRAY) depth -= 1
      at += 1
    }
    if (depth === 0 && (text[at] === COMMA || text[at] === CLOSE)) return at
  }
  return text.length
}
