import type { ObjectStore, StoredObject } from '../../src/ports/object-store.js'

/** The part of a lake that a ledger needs, in memory, with versions like those of the real ones. */
export class MemoryLake {
  readonly url = 'memory:lake'
  readonly #objects = new Map<string, StoredObject>()
  readonly #onWrite: (key: string, text: string) => void
  #version = 0

  constructor(onWrite: (key: string, text: string) => void = () => undefined) {
    this.#onWrite = onWrite
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key)
  }

  putIfMatch(key: string, body: Uint8Array, etag: string | undefined): { written: boolean } {
    if (this.#objects.get(key)?.etag !== etag) return { written: false }
    this.#objects.set(key, { body, etag: String(++this.#version) })
    this.#onWrite(key, new TextDecoder().decode(body))
    return { written: true }
  }

  /** As a process reaches it: `through` is where its requests wait, get lost or fail. */
  reached(through: <T>(act: () => T) => Promise<T>): ObjectStore {
    const store: Partial<ObjectStore> = {
      url: this.url,
      get: key => through(() => this.get(key)),
      putIfMatch: (key, body, etag) => through(() => this.putIfMatch(key, body, etag)),
    }
    return store as ObjectStore
  }
}
