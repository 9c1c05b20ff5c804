import { Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { Column, ColumnType } from '../../src/model/column.js'
import { BothParts, bsonOf } from '../hot/support/both-parts.js'

describe('many rows', () => {
  it('make the same file of pages that are full of nulls, or of nothing else', () => {
    const columns: Column[] = [
      { name: 'flag', type: { kind: 'boolean' } },
      { name: 'list', type: { kind: 'list', element: { kind: 'string' } } },
    ]
    const empty = bsonOf({})
    const rare = bsonOf({ flag: true, list: ['x'] })
    const rows = Array.from({ length: 300_000 }, (_, n) => (n > 270_000 && n % 5000 === 0 ? rare : empty))
    new BothParts({ columns }).add(rows).add(rows.slice(0, 1000)).finish()
  })

  it('make the same file of values and nulls in stretches of any length', () => {
    const columns: Column[] = [
      { name: 'a', type: { kind: 'boolean' } },
      { name: 'b', type: { kind: 'int32' } },
      { name: 'c', type: { kind: 'list', element: { kind: 'double' } } },
    ]
    const stretches = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(4), fc.nat(4)), { maxLength: 40 })
    const both = new BothParts({ columns })
    fc.assert(
      fc.property(stretches, drawn => {
        const documents = drawn.flatMap(([length, kind, value]) => {
          const c = Array.from({ length: kind }, () => (value === 1 ? null : new Double(value)))
          const document = { ...(kind === 1 ? {} : { a: value > 2 }), ...(kind === 2 ? {} : { b: value }), c }
          return Array<Uint8Array>(length).fill(bsonOf(document))
        })
        both.add(documents).finish()
      }),
      { numRuns: 100 },
    )
  })
})

const MAKE: Readonly<Record<string, (n: number) => unknown>> = {
  string: n => `${'s'.repeat((n * 7) % 45)}${n}`,
  int32: n => new Int32(Math.imul(n, 0x9e3779b1)),
  int64: n => Long.fromBigInt(BigInt(n - 300) * 12_345_678_901n),
  double: n => new Double((n - 20) / 7),
  timestamp: n => new Date(n * 86_400_000 - 5),
  objectId: n => new ObjectId(n.toString(16).padStart(24, '0')),
}

describe('dictionaries', () => {
  const columns = Object.keys(MAKE).map(kind => ({ name: kind, type: { kind } as ColumnType }))
  const row = (n: number): Uint8Array =>
    bsonOf(Object.fromEntries(Object.entries(MAKE).map(([kind, value]) => [kind, value(n)])))

  it('are the same for few values and many, and given up at the same one', () => {
    for (const distinct of [1, 2, 3, 255, 256, 257, 469, 470, 471, 513, 900]) {
      const pool = Array.from({ length: distinct }, (_, n) => row(n))
      const both = new BothParts({ columns, rowGroupBytes: 100_000 })
      for (const count of [1, 511, 512, 513, 514, 1800]) {
        both.add(Array.from({ length: count }, (_, n) => pool[(n * 7919) % distinct]!)).finish()
      }
    }
  })

  it('are the same where they grow to their bounds over several pages', () => {
    const numbers: Column[] = [
      { name: 'n', type: { kind: 'int64' } },
      { name: 'm', type: { kind: 'int32' } },
      { name: 's', type: { kind: 'string' } },
    ]
    for (const distinct of [32_768, 32_769]) {
      const both = new BothParts({ columns: numbers })
      const rows = Array.from({ length: 1000 + 2 * distinct }, (_, n) => {
        const value = n < 1000 ? n % 300 : (n - 1000) % distinct
        return bsonOf({ n: Long.fromNumber(value), m: value % 5000, s: `${'x'.repeat(12)}${value}` })
      })
      both.add(rows).finish()
    }
  })

  it('are the same around the sample that tells of what use they are', () => {
    const both = new BothParts({ columns })
    for (const distinct of [469, 470, 471]) {
      for (const from of [510, 511, 512, 513, 514]) {
        // So many distinct ones, the last of them from here on.
        const numbers = Array.from({ length: 1100 }, (_, n) => (n < from ? n % (distinct - 1) : distinct))
        both.add(numbers.map(row)).finish()
      }
    }
    // By bytes: the sample has its own bound, to the last of them.
    const text: Column[] = [{ name: 's', type: { kind: 'string' } }]
    const bytes = new BothParts({ columns: text })
    for (const more of [0, 1, 2]) {
      for (const at of [10, 511, 512, 513]) {
        const last = 'y'.repeat(32 * 1024 - 10 * 104 - 5 + more)
        const of = (n: number): string => (n === at ? last : `${n % 10}`.repeat(100))
        bytes.add(Array.from({ length: 1100 }, (_, n) => bsonOf({ s: of(n) }))).finish()
      }
    }
  })

  it('are the same where a later page gives them up, and by bytes', () => {
    const text: Column[] = [{ name: 's', type: { kind: 'string' } }]
    const of = (n: number): Uint8Array => bsonOf({ s: `${n}`.padStart(60, 'z') })
    const repeated = Array.from({ length: 18_000 }, (_, n) => of(n % 200))
    // New ones up to the bound on bytes, 8192 times 64; with one more and with one less.
    for (const fresh of [6000, 7993, 7992, 7991]) {
      const both = new BothParts({ columns: text })
      const next = Array.from({ length: fresh }, (_, n) => of(1000 + n))
      both.add([...repeated, ...next, ...next, ...repeated, ...next, ...repeated])
      both.finish()
      both.add(repeated).finish()
    }
  })
})
