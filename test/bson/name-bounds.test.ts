import { serialize } from 'bson'
import { describe, expect, it } from 'vitest'
import { CensusTaker } from '../../src/bson/census-taker.js'
import { shortIdExtendedJson } from '../../src/bson/id-text.js'
import { viewOf } from '../../src/bson/walk.js'
import { type Census, MAX_CENSUS_BYTES, mergeCensus } from '../../src/model/census.js'

function censusOf(document: object): Census {
  const bytes = serialize(document)
  const taker = new CensusTaker()
  expect(taker.add(bytes, viewOf(bytes), 0)).toBe(true)
  return taker.census()
}

/** Names of 20 KB, each within the one before: paths of a hundred megabytes together. */
function nested(letter: string): object {
  let document: object = { leaf: 1 }
  for (let depth = 0; depth < 100; depth++) document = { [`${letter.repeat(20_000)}${depth}`]: document }
  return document
}

const sizeOf = (census: Census) => Object.keys(census.fields).reduce((sum, path) => sum + path.length, 0)

describe('a census of names that are longer than the data', () => {
  it('keeps as many paths as there is room for, and says that there were more', () => {
    const census = censusOf({ first: 1, ...nested('a'), last: 1 })
    expect(sizeOf(census)).toBeLessThanOrEqual(MAX_CENSUS_BYTES)
    expect(census.truncated).toBe(true)
    expect(census.fields).toMatchObject({ first: { int: 1 }, last: { int: 1 } })
  })

  it('stays within its bounds when many are merged', () => {
    const merged = ['a', 'b', 'c'].map(letter => censusOf(nested(letter))).reduce(mergeCensus)
    expect(sizeOf(merged)).toBeLessThanOrEqual(MAX_CENSUS_BYTES)
    expect(merged).toMatchObject({ documents: 3, truncated: true })
  })

  it('has the room again when a document is taken back', () => {
    const taker = new CensusTaker()
    const [long, short] = [serialize(nested('a')), serialize({ ok: 1 })]
    for (let n = 0; n < 20; n++) {
      taker.add(long, viewOf(long), 0)
      taker.undo(long, viewOf(long), 0, long.length)
    }
    taker.add(short, viewOf(short), 0)
    expect(taker.census()).toEqual({ documents: 1, fields: { ok: { int: 1 } }, truncated: false })
  })
})

it('an _id is told as Extended JSON up to a kilobyte, and not beyond', () => {
  const textOf = (_id: unknown) => {
    const bytes = serialize({ _id })
    return shortIdExtendedJson(bytes, viewOf(bytes), 0)
  }
  expect(textOf('x')).toBe('"x"')
  expect(textOf('x'.repeat(900))).toBe(`"${'x'.repeat(900)}"`)
  expect(textOf('x'.repeat(1_100))).toBeNull()
  expect(shortIdExtendedJson(serialize({}), viewOf(serialize({})), 0)).toBe('null')
})
