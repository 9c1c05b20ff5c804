import { reasonOf } from '../errors.js'
import { checkedBson } from './bson-document.js'
import { JsonProblem } from './json-problem.js'
import { isSpace, JsonToBson } from './json-to-bson.js'

/** Why nothing could be made of a text, in words for a person. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/**
 * The documents of a text that begins on `line`, as BSON: one, or several beside each other. All or none: of a line that
 * is broken somewhere, what could be read may not be what was meant.
 *
 * @throws {@link Unreadable}
 */
export type DocumentParser = (text: Uint8Array, line: number) => readonly Uint8Array[]

export function jsonParser(): DocumentParser {
  const parser = new JsonToBson()
  return (text, line) => {
    const documents: Uint8Array[] = []
    try {
      for (let at = skipSpace(text, 0); at < text.length; ) {
        if (text[at] !== 0x7b) throw new JsonProblem(`wanted a document, got ${quote(text, at)}`, at)
        const { bson, end } = parser.parse(text, at, text.length)
        documents.push(bson)
        at = skipSpace(text, end)
      }
    } catch (error) {
      if (!(error instanceof JsonProblem)) throw error
      throw new Unreadable(`${error.message}${placeOf(text, line, error.offset)}`)
    }
    return documents
  }
}

export const parseBson: DocumentParser = bytes => {
  try {
    return [checkedBson(bytes)]
  } catch (error) {
    throw new Unreadable(reasonOf(error))
  }
}

function skipSpace(text: Uint8Array, from: number): number {
  let at = from
  while (at < text.length && isSpace(text[at]!)) at += 1
  return at
}

/** The line only where it is another one than that of the document's beginning. Columns are characters, from 1. */
function placeOf(text: Uint8Array, line: number, offset: number): string {
  const before = Buffer.from(text.buffer, text.byteOffset, offset)
  const lineStart = before.lastIndexOf(0x0a) + 1
  let below = 0
  for (const byte of before) if (byte === 0x0a) below += 1
  const column = before.subarray(lineStart).toString().length + 1
  return below === 0 ? ` (column ${column})` : ` (line ${line + below}, column ${column})`
}

function quote(text: Uint8Array, at: number): string {
  return JSON.stringify(Buffer.from(text.subarray(at, at + 20)).toString())
}
