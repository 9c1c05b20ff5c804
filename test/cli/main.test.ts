import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { lakeferry } from './spawned.js'

/** A server that takes connections and never says anything: whoever asks it waits. */
let silent: Server
const sockets = new Set<Socket>()
let cwd: string
beforeAll(async () => {
  silent = createServer(socket => {
    sockets.add(socket)
  })
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-main-'))
  const uri = `mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=8000&connectTimeoutMS=8000&directConnection=true`
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: d}\nlake: {url: file:./lake}\ndatasets: {papers: {collection: papers}}\n`,
  )
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await new Promise(resolve => silent.close(resolve))
  await rm(cwd, { recursive: true })
})

/** Until the command has gone as far as asking the silent server. */
async function connected(): Promise<void> {
  const before = sockets.size
  for (let tries = 0; tries < 200 && sockets.size === before; tries++)
    await new Promise(resolve => setTimeout(resolve, 50))
}

describe('the process', () => {
  it('tells its version', async () => {
    expect(await lakeferry(['--version']).ended).toEqual({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    })
    expect(await lakeferry(['runs', '-V'], { cwd }).ended).toMatchObject({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
    })
  })

  it('ends with the exit code of the command, and quietly', async () => {
    expect(await lakeferry(['runs'], { cwd }).ended).toMatchObject({ exitCode: 0, stderr: '' })
    expect(await lakeferry(['status'], { cwd }).ended).toMatchObject({ exitCode: 4, stderr: '' })
    expect((await lakeferry(['nonsense'], { cwd }).ended).exitCode).toBe(2)
  })

  it('is not harmed by a reader that goes away', async () => {
    const { child, ended } = lakeferry(['--help'])
    child.stdout?.destroy()
    expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('stops at the first signal, with 130 and one JSON object', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, ended } = lakeferry(['export', '--json'], { cwd })
      await connected()
      const asked = performance.now()
      child.kill(signal)
      const { exitCode, stdout, stderr } = await ended
      expect(exitCode).toBe(130)
      expect(JSON.parse(stdout)).toMatchObject({
        command: 'export',
        error: { code: 'INTERRUPTED', message: `stopped by ${signal}` },
      })
      expect(stderr).toContain(`${signal}: stopping and cleaning up`)
      // The server would have been waited for 8 s.
      expect(performance.now() - asked).toBeLessThan(4_000)
    }
  })

  it('that crashes ends with 3, never 1, which is a verdict about the data', async () => {
    const crash = join(cwd, 'crash.mjs')
    await writeFile(crash, "setTimeout(() => { throw new Error('boom') }, 1500).unref()")
    const { exitCode, stderr } = await lakeferry(['export'], { cwd, env: { NODE_OPTIONS: `--import ${crash}` } }).ended
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error BUG Error: boom')
  })
})
