import { deserialize, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/model/column.js'
import { type Cell, queryWithDuckDb, type Row, readWithHyparquet } from '../parquet/read-back.js'
import { partOf } from './parquet-part-bytes.js'
import { columnLists, documentLists } from './shred-arbitraries.js'
import { expectedRow } from './shred-oracle.js'

const cases = columnLists.chain(columns => fc.tuple(fc.constant(columns), documentLists(columns)))

function expectedRows(documents: readonly Record<string, unknown>[], columns: readonly Column[]): Row[] {
  return documents.map(document => {
    const bytes = serialize(document, { ignoreUndefined: false })
    return expectedRow(deserialize(bytes, { promoteValues: false }), columns)
  })
}

describe('generated documents and schemas', () => {
  it('come back from the part as they were reckoned, by hyparquet', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([columns, documents]) => {
        const rows = await readWithHyparquet(partOf(documents, { columns }))
        expect(rows.map(row => withoutDecimals(row, columns))).toEqual(
          expectedRows(documents, columns).map(row => withoutDecimals(row, columns)),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('come back from the part as they were reckoned, by DuckDB', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ([columns, documents]) => {
        const rows = await queryWithDuckDb(partOf(documents, { columns }), 'SELECT * FROM part')
        expect(rows).toEqual(expectedRows(documents, columns))
      }),
      { numRuns: 40 },
    )
  })
})

/** hyparquet makes doubles of decimals; DuckDB is who checks them. */
function withoutDecimals(row: Row, columns: readonly Column[]): Row {
  const entries = Object.entries(row).map(([name, cell]) => {
    const type = columns.find(column => column.name === name)?.type
    return [name, type && JSON.stringify(type).includes('"decimal"') ? cell !== null : cell] as [string, Cell]
  })
  return Object.fromEntries(entries)
}
