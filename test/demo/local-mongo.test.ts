import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startLocalMongo } from '../../src/demo/local-mongo.js'
import { LakeferryError } from '../../src/errors.js'
import { secantusProgram } from '../support/programs.js'
import { freshDatabase, mongo } from '../support/services.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-mongo-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function writesAndReads(uri: string): Promise<boolean> {
  const client = await MongoClient.connect(uri)
  try {
    const collection = client.db(freshDatabase()).collection('things')
    await collection.insertOne({ x: 1 })
    return (await collection.countDocuments()) === 1
  } finally {
    await client.close()
  }
}

async function pathWith(name: string, script: string): Promise<string> {
  await mkdir(join(folder, 'bin'), { recursive: true })
  await writeFile(join(folder, 'bin', name), script)
  await chmod(join(folder, 'bin', name), 0o755)
  return `${join(folder, 'bin')}:/usr/bin:/bin`
}

describe('a MongoDB for the demo', { timeout: 180_000 }, () => {
  it('is the configured one when there is one, and that is not stopped', async () => {
    const { uri, port } = await mongo()
    const found = await startLocalMongo({ env: { MONGODB_URI: uri } })
    expect(found).toMatchObject({
      uri,
      configured: true,
      description: `the server of MONGODB_URI at 127.0.0.1:${port}`,
    })
    await found.stop()
    expect(await writesAndReads(uri)).toBe(true)
  })

  it('is never another than the configured one, even when that does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    await new Promise(resolve => silent.close(resolve))
    const env = { MONGODB_URI: `mongodb://ferry:secret@127.0.0.1:${port}/` }
    const failure = await startLocalMongo({ env }).then(String, error => error)
    expect(failure).toBeInstanceOf(LakeferryError)
    expect(failure).toMatchObject({ code: 'SOURCE_UNREACHABLE', exitCode: 3 })
    expect(failure.message).toContain(`127.0.0.1:${port}`)
    expect(failure.message).not.toContain('secret')
  })

  it('is the mongod on the PATH before anything that would have to be installed', async () => {
    // A program of that name with the flags that we give it; the real one is on no package registry.
    const secantus = await secantusProgram()
    const script = `#!/bin/sh\nexec ${secantus} --host "$4" --port "$2" --storage-path "$6"\n`
    const found = await startLocalMongo({ env: { PATH: await pathWith('mongod', script) } })
    try {
      expect(found.description).toMatch(/^mongod on the PATH, started at 127\.0\.0\.1:\d+$/)
      expect(await writesAndReads(found.uri)).toBe(true)
    } finally {
      await found.stop()
    }
    await expect(writesAndReads(`${found.uri}&serverSelectionTimeoutMS=300`)).rejects.toThrow()
  })

  it('is SecantusDB where there is nothing else', async () => {
    const found = await startLocalMongo({ env: { PATH: '/nonexistent' } })
    try {
      expect(found.description).toMatch(/^SecantusDB .* started at 127\.0\.0\.1:\d+$/)
      expect(found.configured).toBe(false)
      expect(await writesAndReads(found.uri)).toBe(true)
    } finally {
      await found.stop()
    }
  })

  it('cannot be had: then everything that was tried is told, with what it said', async () => {
    const script = '#!/bin/sh\necho "no room on this boat" >&2\nexit 48\n'
    const env = { PATH: await pathWith('mongod', script) }
    const failure = await startLocalMongo({ env, servicesHome: join(folder, 'services'), pythons: ['no-python'] }).then(
      String,
      error => error,
    )
    expect(failure).toMatchObject({ code: 'DEMO_NO_MONGODB', exitCode: 3 })
    const { tried } = failure.details
    expect(tried).toHaveLength(4)
    expect(tried[0]).toBe('MONGODB_URI: not set')
    expect(tried[1]).toMatch(/^mongod on the PATH: .*exit code 48.*no room on this boat/)
    expect(tried[2]).toBe('mongodb-memory-server: not installed')
    expect(tried[3]).toMatch(/^SecantusDB .*no-python: not found/)
    expect(failure.hint).toMatch(/MONGODB_URI/)
  })
})
