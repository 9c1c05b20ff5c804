import { describe, expect, it } from 'vitest'
import { chooseEngine } from '../../src/config/choose-engine.js'
import type { EngineConfig } from '../../src/config/config.js'

const GB = 1024 ** 3

describe('the engine of a run', () => {
  const auto: EngineConfig = { kind: 'auto', aboveBytes: 20 * GB, large: 'spark' }

  it('is the configured one, whatever the size', () => {
    for (const kind of ['duckdb', 'spark'] as const)
      for (const bytes of [0, 100 * GB]) expect(chooseEngine({ ...auto, kind }, bytes)).toEqual({ kind })
  })

  it('is with auto the one for the size, the bound itself not above, and says why', () => {
    expect(chooseEngine(auto, 20 * GB)).toEqual({
      kind: 'duckdb',
      reason: '20 GB of Parquet, not above engine.above (20 GB)',
    })
    expect(chooseEngine(auto, 20 * GB + 1)).toMatchObject({ kind: 'spark' })
    expect(chooseEngine(auto, 31.25 * GB)).toEqual({
      kind: 'spark',
      reason: '31.3 GB of Parquet, above engine.above (20 GB)',
    })
    expect(chooseEngine({ ...auto, aboveBytes: 1024 ** 2 }, 1500).reason).toBe(
      '1.5 kB of Parquet, not above engine.above (1 MB)',
    )
    expect(chooseEngine(auto, 0).reason).toContain('0 B of Parquet')
  })
})
