import { LakeferryError } from '../../src/errors.js'
import type { ObjectStore, PutOptions } from '../../src/ports/object-store.js'

/** Where in a call the fault strikes: before the store does it, or after, when only the answer is lost. */
export type Fault = 'before' | 'after'

export const unreachable = (reason = 'the cable is out'): LakeferryError<'LAKE_UNREACHABLE'> =>
  new LakeferryError('LAKE_UNREACHABLE', { lake: 'test:', operation: 'call', reason })

/** A real store whose calls fail as `next` says, for each call anew; undefined lets it through. */
export function faulty(store: ObjectStore, next: (call: string) => Fault | Error | undefined): ObjectStore {
  const call = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const fault = next(name)
    if (fault instanceof Error) throw fault
    if (fault === 'before') throw unreachable()
    const answer = await work()
    if (fault === 'after') throw unreachable()
    return answer
  }
  return {
    url: store.url,
    get: key => call('get', () => store.get(key)),
    head: key => call('head', () => store.head(key)),
    download: (key, file) => call('download', () => store.download(key, file)),
    put: (key, body, options) => call('put', () => store.put(key, body, options)),
    putIfAbsent: (key, body, options) => call('putIfAbsent', () => store.putIfAbsent(key, body, options)),
    putIfMatch: (key, body, etag) => call('putIfMatch', () => store.putIfMatch(key, body, etag)),
    delete: keys => call('delete', () => store.delete(keys)),
    async *list(prefix, options) {
      await call('list', async () => undefined)
      for await (const object of store.list(prefix, options)) {
        yield object
        await call('list', async () => undefined)
      }
    },
    async *leftovers() {
      for await (const leftover of store.leftovers()) {
        yield leftover
        await call('leftovers', async () => undefined)
      }
    },
    removeLeftover: leftover => call('removeLeftover', () => store.removeLeftover(leftover)),
    close: () => store.close(),
  }
}

/** A store of the kind that takes the conditions of a write and ignores them. */
export function withoutConditions(store: ObjectStore, ignored: 'absent' | 'match'): ObjectStore {
  const drop = async (key: string, body: Uint8Array, options?: PutOptions): Promise<'created'> => {
    await store.put(key, body, options)
    return 'created'
  }
  const through = faulty(store, () => undefined)
  if (ignored === 'absent') return { ...through, putIfAbsent: drop }
  return { ...through, putIfMatch: async (key, body) => ({ written: (await drop(key, body)) === 'created' }) }
}
