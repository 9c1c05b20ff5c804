import type { DocumentSink } from '../ports/document-sink.js'

/** One batch to the server: large enough that the round trip does not count. */
const BATCH_BYTES = 4 * 1024 * 1024
const BATCH_DOCUMENTS = 2_000
/** Batches that the server may be working on. */
const IN_FLIGHT = 2

/** Where a document came from. */
export interface Place {
  readonly file: string
  readonly line: number
}

export interface InsertQueueOptions {
  readonly sink: DocumentSink
  readonly collection: string
  readonly signal: AbortSignal | undefined
  readonly inserted: (documents: number) => void
  readonly refused: (place: Place, reason: string) => void
}

/** Collects documents into batches and has a few of them on their way; memory is bounded by those. */
export class InsertQueue {
  readonly #options: InsertQueueOptions
  #documents: Uint8Array[] = []
  #places: Place[] = []
  #bytes = 0
  readonly #underWay = new Set<Promise<void>>()
  #failure: { error: unknown } | undefined

  constructor(options: InsertQueueOptions) {
    this.#options = options
  }

  /** Takes one; undefined unless its batch is full and has to wait for its turn. @throws what a batch failed with */
  add(document: Uint8Array, place: Place): Promise<void> | undefined {
    this.#documents.push(document)
    this.#places.push(place)
    this.#bytes += document.length
    return this.#bytes >= BATCH_BYTES || this.#documents.length >= BATCH_DOCUMENTS ? this.#flush() : undefined
  }

  /** Resolves when all that was added is in, or told as refused. */
  async finish(): Promise<void> {
    if (this.#documents.length > 0) await this.#flush()
    await this.#settle()
    this.#raise()
  }

  /** Waits for what is under way, whatever comes of it. */
  async #settle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  async #flush(): Promise<void> {
    const [documents, places] = [this.#documents, this.#places]
    this.#documents = []
    this.#places = []
    this.#bytes = 0
    while (this.#underWay.size >= IN_FLIGHT) await Promise.race(this.#underWay)
    this.#raise()
    const sending = this.#send(documents, places).catch(error => {
      this.#failure ??= { error }
    })
    const done = sending.finally(() => this.#underWay.delete(done))
    this.#underWay.add(done)
  }

  #raise(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #send(documents: readonly Uint8Array[], places: readonly Place[]): Promise<void> {
    const { sink, collection, signal, inserted, refused } = this.#options
    const answer = await sink.insert(collection, documents, signal)
    inserted(documents.length - answer.length)
    for (const { index, reason } of answer) refused(places[index]!, reason)
  }
}
