import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { freePorts } from './free-port.js'
import { startGuarded } from './guarded-process.js'
import { type LocalServer, localServer } from './secantus.js'

/**
 * Starts a `mongod` as a replica set of one, since only a replica set reads at a point in time.
 *
 * @param program - its path, or `mongod` for the one on the PATH
 */
export async function startMongod(program = 'mongod', signal?: AbortSignal): Promise<LocalServer> {
  const [port = 0] = await freePorts(1)
  const server = await startGuarded({
    name: 'mongod',
    command: program,
    args: directory => {
      const data = join(directory, 'data')
      mkdirSync(data)
      return ['--port', `${port}`, '--bind_ip', '127.0.0.1', '--dbpath', data, '--replSet', 'lakeferry']
    },
    ready: async () => ((await isPrimary(port)) ? 'primary' : undefined),
    ...(signal === undefined ? {} : { signal }),
  })
  return localServer(server, port)
}

/** Founds the replica set when that has not been done, and tells whether its one member takes writes yet. */
async function isPrimary(port: number): Promise<boolean> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: 1_000,
  })
  try {
    const admin = client.db('admin')
    const hello = await admin.command({ hello: 1 })
    if (hello['isWritablePrimary'] === true) return true
    if (hello['setName'] === undefined) {
      const config = { _id: 'lakeferry', members: [{ _id: 0, host: `127.0.0.1:${port}` }] }
      await admin.command({ replSetInitiate: config })
    }
    return false
  } finally {
    await client.close()
  }
}
