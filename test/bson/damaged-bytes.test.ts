import { serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { checkDocument } from '../../src/bson/check-document.js'
import { writeExtendedJsonDocument } from '../../src/bson/extended-json.js'
import { idExtendedJson } from '../../src/bson/id-text.js'
import { writeJsonDocument } from '../../src/bson/json-text.js'
import { MalformedBson } from '../../src/bson/malformed-bson.js'
import { documentEnd, viewOf } from '../../src/bson/walk.js'
import { anyDocument, bsonOf } from './support/any-document.js'
import * as hand from './support/hand-made.js'

const everything = Uint8Array.from(hand.document(...hand.EVERY_TYPE))
const SECRET = 'NEIGHBOUR'
const neighbour = serialize({ _id: SECRET, [SECRET]: SECRET })

type Reader = (bytes: Uint8Array, view: DataView) => string

/** Each reads the document at the start of the bytes and says what it made of it. */
const readers: Record<string, Reader> = {
  'the JSON writer': (bytes, view) => writeWith(writeJsonDocument, bytes, view),
  'the Extended JSON writer': (bytes, view) => writeWith(writeExtendedJsonDocument, bytes, view),
  // It checks as well, and so refuses more than the others do.
  'the census': (bytes, view) => {
    const taker = new CensusTaker()
    const end = documentEnd(bytes, view, 0)
    if (!taker.add(bytes, view, 0, end)) throw new MalformedBson('refused', 0)
    return JSON.stringify(taker.census())
  },
  'the id': (bytes, view) => idExtendedJson(bytes, view, 0),
  'the walk': (bytes, view) => String(documentEnd(bytes, view, 0)),
}

function writeWith(write: typeof writeJsonDocument, bytes: Uint8Array, view: DataView): string {
  const sink = new ByteSink()
  write(sink, bytes, view, 0)
  return Buffer.from(sink.view()).toString()
}

/** What the reader says, or undefined when it refuses; anything but {@link MalformedBson} fails the test. */
function tryRead(read: Reader, bytes: Uint8Array): string | undefined {
  try {
    return read(bytes, viewOf(bytes))
  } catch (error) {
    if (error instanceof MalformedBson) return undefined
    throw error
  }
}

describe('a document that is cut off', () => {
  it('is refused at every position, by everything', () => {
    for (let cut = 0; cut < everything.length; cut++) {
      const bytes = everything.slice(0, cut)
      expect(checkDocument(bytes, 0, cut)?.code).toBe('malformed')
      for (const [name, read] of Object.entries(readers)) {
        expect(tryRead(read, bytes), `${name} at ${cut}`).toBeUndefined()
      }
    }
  })

  it('is refused at every position with its length made to fit, unless between two fields', () => {
    const whole = tryRead(readers['the JSON writer']!, everything)!
    for (let cut = 5; cut < everything.length; cut++) {
      const bytes = everything.slice(0, cut)
      viewOf(bytes).setInt32(0, cut, true)
      bytes[cut - 1] = 0
      const reason = checkDocument(bytes, 0, cut)
      const text = tryRead(readers['the JSON writer']!, bytes)
      if (reason === undefined) expect(whole.startsWith(text!.slice(0, -1))).toBe(true)
      // A name that is cut short can be one that is there already.
      else expect(reason.code).toMatch(/^(malformed|duplicate-field)$/)
      if (text === undefined) expect(reason).toBeDefined()
    }
  })
})

describe('damage to any byte', () => {
  const damaged = fc
    .tuple(
      fc.oneof(fc.constant(everything), anyDocument().map(bsonOf)),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 3, 4, 5, 0x0f, 0x7f, 0x80, 0xff)), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([document, changes]) => {
      const bytes = Uint8Array.from(document)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })

  it('never has the document beside it read, and never anything but a refusal thrown', () => {
    fc.assert(
      fc.property(damaged, document => {
        // The length is restored, because it is what tells where a document ends.
        viewOf(document).setInt32(0, document.length, true)
        const bytes = Uint8Array.from([...document, ...neighbour])
        const reason = checkDocument(bytes, 0, document.length)
        expect(reason?.path ?? '').not.toContain(SECRET)
        for (const [name, read] of Object.entries(readers)) {
          const text = tryRead(read, bytes)
          expect(text ?? '', name).not.toContain(SECRET)
          if (reason === undefined) expect(text, name).toBeDefined()
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves every document that is accepted as JSON that parses', () => {
    fc.assert(
      fc.property(damaged, bytes => {
        if (checkDocument(bytes, 0, bytes.length) !== undefined) return
        for (const name of ['the JSON writer', 'the Extended JSON writer']) {
          expect(() => JSON.parse(readers[name]!(bytes, viewOf(bytes)))).not.toThrow()
        }
      }),
      { numRuns: 1000 },
    )
  })
})
