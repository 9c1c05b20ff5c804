import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { LakeferryError } from '../errors.js'
import type { ValidationResult, Violation } from '../model/result.js'
import type { ObjectStore } from '../ports/object-store.js'

const gunzipAsync = promisify(gunzip)

export interface ReadViolationsOptions {
  /** Stop after so many. @defaultValue all */
  limit?: number
}

/**
 * The violations that a result tells of, in their order. One part is in memory at a time.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`: also when there are fewer or more than the
 * result says
 */
export async function* readViolations(
  lake: ObjectStore,
  result: ValidationResult,
  { limit = Number.POSITIVE_INFINITY }: ReadViolationsOptions = {},
): AsyncIterable<Violation> {
  let count = 0
  for (const key of result.violations.keys) {
    if (count >= limit) return
    for (const line of await readLines(lake, key)) {
      if (count >= limit) return
      count += 1
      yield parseViolation(lake, key, line)
    }
  }
  if (count >= limit || count === result.violations.count) return
  throw damaged(
    lake,
    result.violations.keys.at(-1) ?? 'violations',
    `${result.violations.count} violations`,
    `${count}`,
  )
}

async function readLines(lake: ObjectStore, key: string): Promise<readonly string[]> {
  const stored = await lake.get(key)
  if (!stored) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await gunzipAsync(stored.body))
    return text.split('\n').filter(line => line !== '')
  } catch (error) {
    throw damaged(lake, key, 'gzipped JSON lines', 'something else', error)
  }
}

/** A line of an object of violations. @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` */
export function parseViolation(lake: ObjectStore, key: string, line: string): Violation {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw damaged(lake, key, 'gzipped JSON lines', 'a line that is no JSON', error)
  }
}

export function damaged(lake: ObjectStore, key: string, wanted: string, got: string, cause?: unknown): LakeferryError {
  return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
}
