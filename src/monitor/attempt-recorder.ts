import { setTimeout as delay } from 'node:timers/promises'
import { recordAttempt } from '../catalog/attempts.js'
import { newProcessOwner } from '../host/process-owner.js'
import type { Attempt } from '../model/attempt.js'
import { redactUris } from '../model/redact-uri.js'
import type { RunEvent } from '../model/run-event.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { RunObserver } from '../ports/run-observer.js'

export interface AttemptRecorderDeps {
  readonly lake: ObjectStore
  /** Of the time when an event itself has none that can be read. */
  readonly clock: Clock
  /** How long `settled` waits for a lake that does not answer, in milliseconds. @defaultValue 15_000 */
  readonly patienceMs?: number
}

/**
 * Keeps the lake's memory of attempts: an attempt is there, as `under way`, from its first event, so that one that dies
 * leaves a trace, and is completed by its last.
 *
 * Nothing of it holds a run up. Of several changes that wait for a slow lake only the last is written.
 */
export function attemptRecorder({ lake, clock, patienceMs = 15_000 }: AttemptRecorderDeps): RunObserver {
  const owner = newProcessOwner()
  const books = new Map<string, AttemptBook>()
  return {
    on(event) {
      let book = books.get(event.dataset)
      if (book === undefined) {
        book = new AttemptBook(lake, event.dataset, owner)
        books.set(event.dataset, book)
      }
      book.take(event, Number.isNaN(Date.parse(event.at)) ? clock.now().toISOString() : event.at)
    },

    async settled() {
      const answered = new AbortController()
      const late = delay(patienceMs, 'late', { signal: answered.signal }).catch(() => 'late')
      await Promise.race([Promise.all([...books.values()].map(book => book.written)), late])
      answered.abort()
      return [...books].flatMap(([dataset, book]) => book.problem(dataset) ?? [])
    },
  }
}

/** The attempts at one dataset in this process, one after another. */
class AttemptBook {
  readonly #lake: ObjectStore
  readonly #dataset: string
  readonly #owner: string
  #attempt: Attempt | undefined
  #validationBegan: string | undefined
  /** What is to be written: one entry an attempt. */
  readonly #waiting = new Map<string, Attempt>()
  #failure: string | undefined
  /** When all that was handed over is written, or failed. */
  written: Promise<void> = Promise.resolve()
  #writing = false

  constructor(lake: ObjectStore, dataset: string, owner: string) {
    this.#lake = lake
    this.#dataset = dataset
    this.#owner = owner
  }

  take(event: RunEvent, at: string): void {
    switch (event.event) {
      case 'export.started':
        this.#begin(event, at)
        break
      case 'export.committed': {
        const attempt = this.#attempt ?? this.#begin(event, at)
        const { runId, documents, parts } = event.manifest
        const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
        this.#write({ ...attempt, runId, documents, bytes, exportSeconds: secondsBetween(attempt.began, at) })
        break
      }
      case 'validation.started': {
        const attempt = this.#attempt ?? this.#begin(event, at)
        this.#validationBegan = at
        this.#write({ ...attempt, runId: event.manifest.runId, documents: event.manifest.documents })
        break
      }
      case 'validation.finished': {
        const { gate, violated } = event
        const attempt = this.#attempt ?? this.#begin(event, at)
        const validationSeconds = secondsBetween(this.#validationBegan ?? attempt.began, at)
        // Written with its end, which comes next.
        this.#attempt = { ...attempt, outcome: gate.outcome, violated, validationSeconds }
        break
      }
      case 'run.finished': {
        const attempt = this.#attempt ?? this.#begin(event, at)
        this.#end({ ...attempt, outcome: event.gate?.outcome ?? 'unjudged' }, at)
        break
      }
      case 'run.failed': {
        const attempt = this.#attempt ?? this.#begin(event, at)
        const { step, code, message, hint, interrupted } = event
        const runId = event.runId ?? attempt.runId
        const outcome = interrupted ? 'interrupted' : 'failed'
        const error = {
          ...{ step, code, message: toldText(message) },
          ...(hint === undefined ? {} : { hint: toldText(hint) }),
        }
        this.#end({ ...attempt, runId, outcome, error }, at)
        break
      }
    }
  }

  #begin(event: RunEvent, at: string): Attempt {
    this.#validationBegan = undefined
    const attempt: Attempt = {
      runId: event.runId ?? null,
      began: at,
      ended: null,
      outcome: 'under way',
      documents: null,
      bytes: null,
      exportSeconds: null,
      validationSeconds: null,
      violated: null,
      error: null,
      owner: this.#owner,
    }
    this.#write(attempt)
    return attempt
  }

  #end(attempt: Attempt, at: string): void {
    this.#write({ ...attempt, ended: at })
    this.#attempt = undefined
  }

  #write(attempt: Attempt): void {
    this.#attempt = attempt
    this.#waiting.set(attempt.began, attempt)
    if (this.#writing) return
    this.#writing = true
    this.written = this.#drain()
  }

  async #drain(): Promise<void> {
    // A turn later, so that what is told in one go is written in one go.
    await Promise.resolve()
    for (let next = first(this.#waiting); next !== undefined; next = first(this.#waiting)) {
      this.#waiting.delete(next.began)
      try {
        await recordAttempt(this.#lake, this.#dataset, next)
        this.#failure = undefined
      } catch (error) {
        this.#failure = error instanceof Error ? error.message : String(error)
      }
    }
    this.#writing = false
  }

  /** A sentence, without its full stop, where not all is on the lake. */
  problem(dataset: string): string | undefined {
    const why = this.#failure ?? (this.#writing ? 'the lake did not answer in time' : undefined)
    return why && `${dataset}: its attempt is not on record, so that the monitor may tell of an older one: ${why}`
  }
}

/** Characters of a message or a hint that are kept, so that the record stays small whatever a service says. */
const TEXT_KEPT = 1_000

/** Messages of the error table have no secrets; those of what nobody foresaw may have an address with one. */
function toldText(text: string): string {
  return redactUris(text).slice(0, TEXT_KEPT)
}

function first<V>(map: ReadonlyMap<string, V>): V | undefined {
  for (const value of map.values()) return value
  return undefined
}

/** To the millisecond; never less than 0, also where a clock was set back meanwhile. */
function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000
}
