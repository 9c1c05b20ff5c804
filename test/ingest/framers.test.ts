import { serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BsonFramer } from '../../src/ingest/bson-framer.js'
import type { Framer } from '../../src/ingest/framed-text.js'
import { LineFramer } from '../../src/ingest/line-framer.js'
import { StructureFramer } from '../../src/ingest/structure-framer.js'

/** Everything a framer finds, as `line text` or `line! reason`, given the bytes in pieces of this size. */
function framesOf(framer: Framer, text: string | Uint8Array, size = Number.POSITIVE_INFINITY): string[] {
  const bytes = Buffer.from(text as Uint8Array)
  const found: string[] = []
  const collect = (frames: ReturnType<Framer['push']>) => {
    for (const frame of frames) {
      const what = frame.kind === 'text' ? ` ${Buffer.from(frame.bytes).toString('latin1')}` : `! ${frame.reason}`
      found.push(`${frame.line}${what}`)
    }
  }
  for (let at = 0; at < bytes.length; at += size) collect(framer.push(bytes.subarray(at, at + size)))
  collect(framer.end())
  return found
}

describe('JSON Lines', () => {
  it('is cut at line ends, blank lines counted and left out', () => {
    expect(framesOf(new LineFramer(), '{"a":1}\n\n \t\r\n{"b":2}\r\n{"c":3}')).toEqual([
      '1 {"a":1}',
      '4 {"b":2}\r',
      '5 {"c":3}',
    ])
    expect(framesOf(new LineFramer(), '')).toEqual([])
    expect(framesOf(new LineFramer(), '\n\n')).toEqual([])
  })

  it('tells a line that is too long, and goes on after it', () => {
    const framer = new LineFramer()
    const found: string[] = []
    const megabyte = Buffer.alloc(1024 * 1024, 'x')
    for (let n = 0; n < 66; n++) for (const frame of framer.push(megabyte)) found.push(frame.kind)
    for (const frame of framer.push(Buffer.from('x\n{"a":1}\n'))) found.push(`${frame.kind} ${frame.line}`)
    expect(found).toEqual(['problem', 'text 2'])
  })
})

describe('documents over several lines', () => {
  const frames = (text: string, size?: number) => framesOf(new StructureFramer(), text, size)

  it('are found in an array, and one after another', () => {
    const found = ['1 {"a":[1,{"b":"}]"}]}', '1 {}', '3 {\n"c":"\\"{"\n}']
    expect(frames('[{"a":[1,{"b":"}]"}]}, {},\n\n{\n"c":"\\"{"\n}]\n')).toEqual(found)
    expect(frames('{"a":[1,{"b":"}]"}]}{}\n\n{\n"c":"\\"{"\n}')).toEqual(found)
    expect(frames('[]')).toEqual([])
  })

  it('that are broken are told by their first line, and cost no other', () => {
    const good = (n: number) => `{\n  "n": ${n},\n  "of": [\n    {\n      "x": 1\n    }\n  ]\n}`
    for (const [broken, reason] of [
      ['{\n  "n": "2,\n  "of": [\n    {\n      "x": 1\n    }\n  ]\n}', 'a string on line 10 is not closed'],
      ['{\n  "n": 2,\n  "of": [\n    {\n      "x": 1\n    }\n  ]\n', 'a document is not closed'],
      ['{\n  "n": 2,\n  "of": {\n    {\n      "x": 1\n    }\n  ]\n}', '] on line 15 closes nothing that is open'],
    ] as const) {
      const found = frames([good(1), broken, good(3)].join('\n'))
      expect(found[0]).toBe(`1 ${good(1)}`)
      expect(found[1]).toContain(`9! ${reason}`)
      expect(found.at(-1)).toContain('"n": 3')
      expect(found).toHaveLength(3)
    }
  })

  it('that are cut off are told, as is an array that is not closed', () => {
    expect(frames('{"a":1}\n{"a":')).toEqual([
      '1 {"a":1}',
      '2! a document is not closed at the end of the file, which may be cut off',
    ])
    expect(frames('[{"a":1},\n')).toEqual(['1 {"a":1}', '2! the array is not closed: the file may be cut off'])
    expect(frames('{"a":"\n"b":2}')[0]).toContain('to the end of the file nothing could be read')
  })

  it('have nothing beside them that is passed over in silence', () => {
    const surplus = 'text that belongs to no document'
    expect(frames('{"a":1} x y\n{"b":2}')).toEqual(['1 {"a":1}', `1! ${surplus}`, '2 {"b":2}'])
    expect(frames('[1,2,\n"x",{"b":2}]')).toEqual([`1! ${surplus}`, `2! ${surplus}`, '2 {"b":2}'])
    expect(frames('[{"a":1}]]')).toEqual(['1 {"a":1}', `1! ${surplus}`])
  })
})

describe('BSON', () => {
  const documents = [{ a: 1 }, { b: 'x'.repeat(300) }, {}].map(document => serialize(document))

  it('is cut by its lengths', () => {
    const found = framesOf(new BsonFramer(), Buffer.concat(documents))
    expect(found).toEqual(documents.map((bytes, index) => `${index + 1} ${Buffer.from(bytes).toString('latin1')}`))
  })

  it('that is cut off, or is none any more, is told', () => {
    expect(framesOf(new BsonFramer(), Buffer.concat(documents).subarray(0, -2)).at(-1)).toBe(
      '3! document 3 is cut off at the end of the file',
    )
    const garbage = Buffer.concat([documents[0]!, Buffer.from('this is no BSON')])
    expect(framesOf(new BsonFramer(), garbage).at(-1)).toMatch(/^2! document 2 says it has \d+ bytes: this is no BSON/)
  })
})

it('finds the same however the bytes arrive', () => {
  const piece = fc.constantFrom(...'{}[]",:\\ \n\r1a', '{"a":1}', '{\n"b":[{}]\n}', '"\\""')
  const anyText = fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join(''))
  const bson = fc
    .array(fc.string({ maxLength: 9 }), { maxLength: 5 })
    .map(texts => Buffer.concat(texts.map(text => serialize({ text }))))
  fc.assert(
    fc.property(anyText, bson, fc.integer({ min: 1, max: 9 }), (text, binary, size) => {
      expect(framesOf(new LineFramer(), text, size)).toEqual(framesOf(new LineFramer(), text))
      expect(framesOf(new StructureFramer(), text, size)).toEqual(framesOf(new StructureFramer(), text))
      expect(framesOf(new BsonFramer(), binary, size)).toEqual(framesOf(new BsonFramer(), binary))
    }),
    { numRuns: 1_000 },
  )
})
