import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGuarded } from '../dist/demo/guarded-process.js'
import { startLocalMongo } from '../dist/demo/local-mongo.js'
import { onPath } from './on-path.mjs'

/**
 * The MongoDB to read from. `secantusd-rs` reads many times faster than its Python sibling, so that the product and not
 * the server is what is measured; where it is not on the PATH, the figures say which server they are of.
 */
export async function startServer(wanted) {
  if (/^mongodb(\+srv)?:/.test(wanted ?? ''))
    return { uri: wanted, name: 'the given MongoDB', stop: async () => undefined }
  const rust = wanted === 'python' ? undefined : onPath('secantusd-rs')
  if (wanted === 'rust' && !rust) throw new Error('secantusd-rs is not on the PATH')
  if (!rust) {
    const server = await startLocalMongo({ env: { PATH: process.env.PATH } })
    return { uri: server.uri, name: server.description, stop: () => server.stop() }
  }
  const storage = mkdtempSync(join(tmpdir(), 'lakeferry-bench-'))
  const { freePorts } = await import('../dist/demo/free-port.js')
  const [port] = await freePorts(1)
  const server = await startGuarded({
    name: 'secantusd-rs',
    command: rust,
    args: () => ['--port', String(port), '--storage-path', storage],
    ready: async () => {
      const { MongoClient } = await import('mongodb')
      const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
        serverSelectionTimeoutMS: 500,
      })
      try {
        await client.db('admin').command({ ping: 1 })
        return 'up'
      } finally {
        await client.close()
      }
    },
  })
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    name: execFileSync(rust, ['--version'], { encoding: 'utf8' }).split('\n')[0],
    stop: async () => {
      await server.stop()
      rmSync(storage, { recursive: true, force: true })
    },
  }
}
