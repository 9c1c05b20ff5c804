import type { ObjectStore } from '../../src/ports/object-store.js'

/** The same lake as if it were elsewhere: no object of it is a file here. @param fetching - before each download */
export function remoteLake(lake: ObjectStore, fetching: () => Promise<void> = async () => undefined): ObjectStore {
  return new Proxy(lake, {
    get(store, name) {
      const member: unknown = name === 'localPath' ? undefined : Reflect.get(store, name)
      if (typeof member !== 'function') return member
      if (name !== 'download') return member.bind(store)
      return async (key: string, file: string) => {
        await fetching()
        await store.download(key, file)
      }
    },
  })
}
