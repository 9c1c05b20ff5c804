import { LakeferryError } from '../errors.js'
import { redactUris } from '../model/redact-uri.js'

/** `error.json`: a job that gave up writes it. */
interface Told {
  readonly version: 1
  /** What it was at: `run the statement facts`. */
  readonly step: string
  /** Of Java or Python, or `PartMissing`, `PartDamaged`. */
  readonly class: string
  readonly message: string
  /** Of a part that is not what the manifest says. */
  readonly part?: { readonly key: string; readonly wanted: string; readonly got: string }
}

/** Our error for what the job says of its failure; undefined when it said nothing that can be understood. */
export function jobFailure(
  value: unknown,
  { lake, engine }: { lake: string; engine: string },
): LakeferryError | undefined {
  const told = (value ?? {}) as Partial<Told>
  if (told.version !== 1 || typeof told.step !== 'string' || typeof told.message !== 'string') return undefined
  const { part } = told
  if (part !== undefined) {
    const { key, wanted, got } = part
    if (told.class === 'PartMissing') return new LakeferryError('LAKE_OBJECT_MISSING', { lake, key })
    if (told.class === 'PartDamaged') return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake, key, wanted, got })
  }
  const reason = redactUris(told.message)
  // Java's own text begins with the class, Python's does not.
  const named = told.class === undefined || reason.includes(told.class) ? reason : `${told.class}: ${reason}`
  return new LakeferryError('ENGINE_FAILED', { engine, step: told.step, reason: named })
}
