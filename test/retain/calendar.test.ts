import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { dayOf, weekOf } from '../../src/retain/calendar.js'

describe('days and weeks', () => {
  it('are those of ISO 8601 in UTC, as DuckDB counts them, on every day of 60 years', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      const rows = await connection.runAndReadAll(
        "SELECT epoch_ms(t)::DOUBLE AS ms, strftime(t, '%Y-%m-%d') AS day, strftime(t, '%G-W%V') AS week " +
          "FROM range(TIMESTAMP '1995-01-01', TIMESTAMP '2055-01-01', INTERVAL 23 HOUR) AS r(t)",
      )
      const wrong = rows.getRows().filter(([ms, day, week]) => {
        const instant = new Date(Number(ms))
        return dayOf(instant) !== day || weekOf(instant) !== week
      })
      expect(wrong).toEqual([])
      expect(rows.currentRowCount).toBeGreaterThan(20_000)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  })

  it('change at midnight in UTC, and the week on Monday, also where the year changes within it', () => {
    const at = (text: string): string[] => [dayOf(new Date(text)), weekOf(new Date(text))]
    // By the calendar: 2026 began on a Thursday, 2027 begins on a Friday.
    expect(at('2026-01-04T23:59:59.999Z')).toEqual(['2026-01-04', '2026-W01'])
    expect(at('2026-01-05T00:00:00.000Z')).toEqual(['2026-01-05', '2026-W02'])
    expect(at('2025-12-29T00:00:00.000Z')).toEqual(['2025-12-29', '2026-W01'])
    expect(at('2027-01-03T23:59:59.999Z')).toEqual(['2027-01-03', '2026-W53'])
    expect(at('2027-01-04T00:00:00.000Z')).toEqual(['2027-01-04', '2027-W01'])
  })
})
