import { createServer } from 'node:net'

/** Below the ports that Linux gives to whoever asks for any, and above those of well-known services. */
const [LOWEST, HIGHEST] = [20_000, 32_000]

/**
 * A port of the loopback for a process that is yet to be started and has to be told one. Nobody listens to it, and nobody
 * who asks for any port is given it before the process comes to it, as may happen with one that was free a moment ago.
 */
export async function quietPort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    const server = createServer()
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      await new Promise(resolve => server.close(resolve))
      return port
    } catch (error) {
      if (tries === 100) throw error
    }
  }
}
