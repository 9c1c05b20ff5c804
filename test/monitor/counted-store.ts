import type { ObjectStore } from '../../src/ports/object-store.js'

/** Keys that S3 tells in one answer. */
const PAGE = 1_000

/** A store that writes down what it is asked, a page of a listing as one request. */
export function counted(store: ObjectStore): { readonly store: ObjectStore; readonly requests: readonly string[] } {
  const requests: string[] = []
  const asked: Partial<ObjectStore> = {
    get: key => {
      requests.push(`get ${key}`)
      return store.get(key)
    },
    head: key => {
      requests.push(`head ${key}`)
      return store.head(key)
    },
    async *list(prefix, options) {
      const request = `list ${prefix} ${options?.startAfter ?? ''}`
      requests.push(request)
      let count = 0
      for await (const object of store.list(prefix, options)) {
        if (count > 0 && count % PAGE === 0) requests.push(request)
        count += 1
        yield object
      }
    },
  }
  return { store: Object.assign(Object.create(store), asked), requests }
}
