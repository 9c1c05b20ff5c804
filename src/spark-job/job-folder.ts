import { encodeJson } from '../model/manifest.js'
import { compareKeys } from '../model/object-key.js'
import type { ObjectStore } from '../ports/object-store.js'

/** The job's folder on the lake: what it is asked, and what it answers. docs/spark.md describes it. */
export class JobFolder {
  /** Ends in `/`. */
  readonly key: string
  readonly #lake: ObjectStore

  constructor(lake: ObjectStore, key: string) {
    this.#lake = lake
    this.key = key
  }

  /**
   * What the job is asked and the program that asks it; a failure of an earlier attempt is no more. `asked.json` is for
   * `gc`, which cannot tell from anything else how old a folder is.
   */
  async write(spec: string, program: Uint8Array, now: Date): Promise<void> {
    await this.#lake.delete([`${this.key}error.json`])
    await this.#lake.put(`${this.key}asked.json`, encodeJson({ version: 1, since: now.toISOString() }))
    await this.#lake.put(`${this.key}spec.json`, new TextEncoder().encode(spec), { contentType: 'application/json' })
    await this.#lake.put(`${this.key}job.py`, program, { contentType: 'text/x-python' })
  }

  /** The value of `answers.json`, which the job writes last; undefined when it did not get there. */
  answers(): Promise<unknown> {
    return this.#json('answers.json')
  }

  /** The value of `error.json`, which a job writes that gives up. */
  failure(): Promise<unknown> {
    return this.#json('error.json')
  }

  /** Keys of the files with a statement's rows, in the order of the rows. */
  async answerFiles(statement: number): Promise<readonly string[]> {
    const keys: string[] = []
    // Beside them are Spark's marker and Hadoop's checksums.
    for await (const { key } of this.#lake.list(`${this.key}answers/${statement}/`))
      if (/\/part-[^/]*\.gz$/.test(key)) keys.push(key)
    return keys.sort(compareKeys)
  }

  /**
   * Removes all of it. The marks that a job was submitted and that it answered go first: whoever is killed in between
   * leaves answers that are whole, or none.
   */
  async remove(): Promise<void> {
    await this.#lake.delete([`${this.key}submission.json`])
    await this.#lake.delete([`${this.key}answers.json`])
    const rest: string[] = []
    for await (const { key } of this.#lake.list(this.key)) rest.push(key)
    if (rest.length > 0) await this.#lake.delete(rest)
  }

  async #json(name: string): Promise<unknown> {
    const object = await this.#lake.get(`${this.key}${name}`)
    if (object === undefined) return undefined
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(object.body))
  }
}
