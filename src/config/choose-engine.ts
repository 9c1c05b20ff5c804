import type { EngineConfig, EngineKind } from './config.js'

/** What validates a run, and for `auto` why. */
export interface EngineChoice {
  readonly kind: EngineKind
  /** A phrase for people and `execution.json`; absent when the configuration names the engine. */
  readonly reason?: string
}

/**
 * The engine of a run: the configured one, or with `auto` the one for its size.
 *
 * @param bytes - of the run's Parquet parts
 */
export function chooseEngine({ kind, aboveBytes, large }: EngineConfig, bytes: number): EngineChoice {
  if (kind !== 'auto') return { kind }
  const isLarge = bytes > aboveBytes
  return {
    kind: isLarge ? large : 'duckdb',
    reason: `${bytesText(bytes)} of Parquet, ${isLarge ? 'above' : 'not above'} engine.above (${bytesText(aboveBytes)})`,
  }
}

const UNITS = ['GB', 'MB', 'kB'] as const

/** Powers of 1,024, as `engine.above` is. */
function bytesText(bytes: number): string {
  for (const [index, unit] of UNITS.entries()) {
    const size = 1024 ** (UNITS.length - index)
    if (bytes >= size) return `${(bytes / size).toFixed(1).replace(/\.0$/, '')} ${unit}`
  }
  return `${bytes} B`
}
