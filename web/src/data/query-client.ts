import { QueryClient } from '@tanstack/react-query'
import { connection, onConnection } from './connection.js'
import { RequestFailed } from './problem.js'

/** How often an answer that may pass is asked for again before it is shown. */
const RETRIES = 2

export function makeQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // The loopback is there without a network.
        networkMode: 'always',
        staleTime: 5_000,
        // While nobody answers, the connection is watched at one place, which sets all of them going again.
        retry: (count, error) =>
          error instanceof RequestFailed && error.mayPass && !error.isConnectionLost && count < RETRIES,
        retryDelay: attempt => Math.min(500 * 2 ** attempt, 4_000),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  onConnection(() => {
    if (connection() === 'there') void client.invalidateQueries()
  })
  return client
}
