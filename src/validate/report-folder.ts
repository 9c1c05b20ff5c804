import { createHash } from 'node:crypto'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson, type Manifest } from '../model/manifest.js'
import type { Execution, ValidationResult } from '../model/result.js'
import type { ObjectStore } from '../ports/object-store.js'

const GZIP = 'application/gzip'

/**
 * The objects of one run's validation. `result.json` comes last, and an earlier one goes before anything that it tells
 * of is replaced: a result never stands beside the violations of another validation.
 */
export class ReportFolder {
  readonly #lake: ObjectStore
  readonly #manifest: Manifest
  readonly #written = new Set<string>()
  #begun = false

  constructor(lake: ObjectStore, manifest: Manifest) {
    this.#lake = lake
    this.#manifest = manifest
  }

  key(name: string): string {
    return lakeKey.report(this.#manifest.dataset, this.#manifest.runId, name)
  }

  /** Stores one part of `violations` or `rows` and tells its key. */
  async putPart(folder: 'violations' | 'rows', part: number, body: Uint8Array): Promise<string> {
    await this.#begin()
    const key = this.key(`${folder}/part-${String(part).padStart(5, '0')}.ndjson.gz`)
    await this.#lake.put(key, body, { sha256: sha256(body), contentType: GZIP })
    this.#written.add(key)
    return key
  }

  /** Removes parts of an earlier validation that had more of them, then says what was found. */
  async finish(result: ValidationResult, execution: Execution): Promise<string> {
    await this.#begin()
    const stale: string[] = []
    for (const folder of ['violations/', 'rows/'])
      for await (const { key } of this.#lake.list(this.key(folder))) if (!this.#written.has(key)) stale.push(key)
    if (stale.length > 0) await this.#lake.delete(stale)
    await putJson(this.#lake, this.key('execution.json'), execution)
    return putJson(this.#lake, this.key('result.json'), result)
  }

  async #begin(): Promise<void> {
    if (this.#begun) return
    this.#begun = true
    await this.#lake.delete([this.key('result.json')])
  }
}

/** Puts canonical JSON, and tells the key. */
export async function putJson(lake: ObjectStore, key: string, value: unknown): Promise<string> {
  const body = encodeJson(value)
  await lake.put(key, body, { sha256: sha256(body), contentType: 'application/json' })
  return key
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}
