import type { ObjectStore } from '../../src/ports/object-store.js'

/** The same lake, and the keys of everything that was read of it, one after another. */
export function countedLake(lake: ObjectStore): { readonly lake: ObjectStore; readonly read: string[] } {
  const read: string[] = []
  return {
    read,
    lake: new Proxy(lake, {
      get(store, name) {
        const member: unknown = Reflect.get(store, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          if (name === 'get') read.push(String(args[0]))
          return member.apply(store, args)
        }
      },
    }),
  }
}
