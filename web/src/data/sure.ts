import { suspect, unanswered, untilThere } from './connection.js'

/**
 * Code that is loaded when it is first wanted. When the server is away just then, it is loaded when it is back: a page that
 * has failed to load would stay so until all of it is loaded again.
 */
export function sure<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load()
    } catch {
      unanswered()
      await untilThere()
      try {
        return await load()
      } catch (error) {
        suspect()
        throw error
      }
    }
  }
}
