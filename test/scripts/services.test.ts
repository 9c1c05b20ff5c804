import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { MongoClient } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'
import { isAlive } from '../support/is-alive.js'

interface Running {
  readonly owner: ChildProcess
  readonly uri: string
  readonly endpoint: string
  readonly pids: readonly number[]
}

/** @param temporary - where its services keep their files */
async function start(temporary: string): Promise<Running> {
  const script = join(PACKAGE_ROOT, 'scripts', 'services.mjs')
  // Its own process group, as a terminal would give it.
  const owner = spawn(process.execPath, [script, 'start'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: owner.stdout! })) {
    lines.push(line)
    if (line.startsWith('#')) break
  }
  const told = lines.join('\n')
  return {
    owner,
    uri: /MONGODB_URI='(.+?)'/.exec(told)?.[1] ?? '',
    endpoint: /AWS_ENDPOINT_URL_S3='(.+?)'/.exec(told)?.[1] ?? '',
    pids: [...told.matchAll(/(?:MongoDB|S3) (\d+)/g)].map(match => Number(match[1])),
  }
}

async function until(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 1_200 && !condition(); tries++) await new Promise(resolve => setTimeout(resolve, 50))
  return condition()
}

describe('scripts/services.mjs start', () => {
  it.each([
    ['Ctrl-C', (owner: ChildProcess) => process.kill(-owner.pid!, 'SIGINT')],
    ['SIGKILL', (owner: ChildProcess) => owner.kill('SIGKILL')],
    ['SIGKILL of its whole process group', (owner: ChildProcess) => process.kill(-owner.pid!, 'SIGKILL')],
  ])('serves until %s, and then nothing of it is left', { timeout: 300_000 }, async (_how, end) => {
    const temporary = await mkdtemp(join(tmpdir(), 'lakeferry-services-'))
    const { owner, uri, endpoint, pids } = await start(temporary)
    try {
      expect(pids).toHaveLength(2)
      expect(readdirSync(temporary)).toHaveLength(2)
      expect(pids.every(isAlive)).toBe(true)
      const client = await MongoClient.connect(uri)
      expect(await client.db('test').command({ ping: 1 })).toMatchObject({ ok: 1 })
      await client.close()
      expect((await fetch(endpoint)).status).toBe(403)
    } finally {
      const ended = once(owner, 'exit')
      end(owner)
      await ended
    }
    expect(await until(() => !pids.some(isAlive))).toBe(true)
    const services = (): string[] => readdirSync(temporary).filter(name => name.startsWith('lakeferry-'))
    expect(await until(() => services().length === 0)).toBe(true)
    await rm(temporary, { recursive: true })
  })

  it('refuses another word, and says which there are', async () => {
    const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'scripts', 'services.mjs'), 'restart'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    expect(said).toContain('install|start')
    expect(code).toBe(2)
  })
})
