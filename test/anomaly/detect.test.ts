import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectAnomalies, RUNS_MOST, RUNS_NEEDED } from '../../src/anomaly/detect.js'
import type { ColumnProfile, Profile } from '../../src/model/profile.js'
import { runAt } from '../catalog/lake-fixture.js'

function profile(run: number, documents: number, columns: readonly ColumnProfile[] = []): Profile {
  return { version: 1, dataset: 'papers', runId: runAt(run), documents, columns }
}

const year: ColumnProfile = {
  column: 'year',
  type: 'int32',
  nulls: 0,
  distinct: 10,
  numbers: 1_000,
  mean: 2_020,
  deviation: 3,
}
/** A run like the others, but for what is said of its column. */
const night = (run: number, changes: Partial<ColumnProfile> = {}, documents = 1_000): Profile =>
  profile(run, documents, [{ ...year, ...changes }])
const nights = (count: number): Profile[] =>
  Array.from({ length: count }, (_, run) => night(run, {}, 1_000 + (run % 3)))
const found = (run: Profile, past: readonly Profile[]): string[] =>
  detectAnomalies(run, past).anomalies.map(({ column, measure }) => `${column} ${measure}`.trim())

describe('what stands out of a run', () => {
  it('is nothing as long as there is little history, however far it lies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: RUNS_NEEDED - 1 }), fc.nat(1_000_000), (runs, documents) => {
        const { status, anomalies } = detectAnomalies(profile(99, documents), nights(runs))
        expect([status, anomalies]).toEqual(['quiet', []])
      }),
    )
    expect(detectAnomalies(profile(99, 5), nights(RUNS_NEEDED)).status).toBe('attention')
  })

  it('is nothing where a run is like those before it', () => {
    expect(detectAnomalies(night(99), nights(12))).toMatchObject({ status: 'calm', runs: 12, anomalies: [] })
  })

  it('is volume, null rate, distinct count or mean, the farthest first', () => {
    const past = nights(12)
    expect(found(night(99, {}, 400), past)).toEqual(['documents'])
    expect(found(night(99, { nulls: 40 }), past)).toEqual(['year nullRate'])
    expect(found(night(99, { distinct: 60 }), past)).toEqual(['year distinct'])
    expect(found(night(99, { mean: 2_021 }), past)).toEqual(['year mean'])
    expect(found(night(99, { nulls: 400, mean: 2_021 }), past)).toEqual(['year nullRate', 'year mean'])
  })

  it('is told with the median, the band around it and the history', () => {
    const past = nights(12)
    const [anomaly] = detectAnomalies(night(99, {}, 400), past).anomalies
    // The median is 1,001, and its square root the floor of the spread.
    const sigma = Math.sqrt(1_001)
    expect(anomaly).toMatchObject({ column: '', value: 400, expected: 1_001 })
    expect([anomaly?.low, anomaly?.high]).toEqual([1_001 - 3.5 * sigma, 1_001 + 3.5 * sigma])
    expect(anomaly?.z).toBeCloseTo((400 - 1_001) / sigma, 2)
    expect(anomaly?.history).toEqual(past.map(({ runId, documents }) => ({ runId, value: documents })))
  })

  it('keeps its band to what the measure can be', () => {
    const few = nights(12).map((run, index) => ({ ...run, documents: 3 + index }))
    expect(detectAnomalies(profile(99, 5_000), few).anomalies[0]?.low).toBe(0)
    const [rate] = detectAnomalies(
      night(99, { nulls: 0 }),
      nights(12).map(run => night(1, { nulls: run.documents }, run.documents)),
    ).anomalies
    expect([rate?.measure, rate?.high]).toEqual(['nullRate', 1])
  })

  it('says exactly what lies outside the band', () => {
    const past = nights(20)
    fc.assert(
      fc.property(fc.nat(3_000), documents => {
        const low = 1_001 - 3.5 * Math.sqrt(1_001)
        const high = 1_001 + 3.5 * Math.sqrt(1_001)
        expect(found(profile(99, documents), past).length > 0).toBe(documents < low || documents > high)
      }),
    )
  })

  it('follows a collection that grows, and finds the run in which it does not', () => {
    const growing = Array.from({ length: 30 }, (_, run) => profile(run, 10_000 + 100 * run))
    expect(found(profile(99, 13_000), growing)).toEqual([])
    expect(found(profile(99, 6_000), growing)).toEqual(['documents'])
  })

  it('is not hidden by an outlier in the history', () => {
    const past = [...nights(9), night(50, {}, 9), night(51, {}, 100_000)]
    expect(found(night(99, {}, 9), past)).toEqual(['documents'])
    expect(found(night(99), past)).toEqual([])
  })

  it('looks at the newest runs only, whatever their order', () => {
    const old = Array.from({ length: 40 }, (_, run) => profile(run, 10))
    const recent = Array.from({ length: RUNS_MOST }, (_, run) => profile(100 + run, 1_000))
    const result = detectAnomalies(profile(999, 10), [...recent, ...old].toReversed())
    expect(result).toMatchObject({ runs: RUNS_MOST, anomalies: [{ measure: 'documents', expected: 1_000 }] })
  })

  it('compares a column with itself only: of the same name and type, and where it was measured', () => {
    const changed = nights(12).map(run => ({ ...run, columns: [{ ...year, type: 'int64' }] }))
    expect(found(night(99, { mean: 1 }), changed)).toEqual([])
    const unmeasured = nights(12).map(run => ({ ...run, columns: [{ column: 'year', type: 'int32', nulls: 0 }] }))
    expect(found(night(99, { mean: 1, nulls: 900 }), unmeasured)).toEqual(['year nullRate'])
    expect(found(profile(99, 1_000, [{ ...year, column: 'new' }]), nights(12))).toEqual([])
  })

  it('does not depend on the unit of a mean, or on where its scale begins', () => {
    const wander = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 8, maxLength: 20 })
    fc.assert(
      fc.property(
        wander,
        fc.integer({ min: -60, max: 60 }),
        fc.nat(9_999),
        fc.integer({ min: 1, max: 50 }),
        (means, mean, shift, k) => {
          // Exact in binary, so that scaling and shifting lose nothing.
          const scaled = (at: number): Partial<ColumnProfile> => ({ mean: k * (at / 64) + shift, deviation: k })
          const plain = (at: number): Partial<ColumnProfile> => ({ mean: at / 64, deviation: 1 })
          const outcome = (of: typeof plain): readonly number[] =>
            detectAnomalies(
              night(99, of(mean)),
              means.map((at, run) => night(run, of(at))),
            ).anomalies.map(({ z }) => z)
          expect(outcome(scaled)).toEqual(outcome(plain))
        },
      ),
    )
  })

  it('does not take the deviation of a run that may be wrong itself', () => {
    expect(found(night(99, { mean: 2_040, deviation: 9_999 }), nights(12))).toEqual(['year mean'])
  })

  it('says nothing of shares of no documents', () => {
    expect(found(profile(99, 0, [{ ...year, nulls: 0 }]), nights(12))).toEqual(['documents'])
  })
})
