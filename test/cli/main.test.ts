import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { lakeferry, type Spawned } from './spawned.js'

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
  const uri = `mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=600000&connectTimeoutMS=600000&directConnection=true`
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

/** Starts a command, and resolves when it has gone as far as asking the silent server. */
async function connected(argv: readonly string[], env: Record<string, string> = {}): Promise<Spawned> {
  const asked = new Promise(resolve => silent.once('connection', resolve))
  const spawned = lakeferry(argv, { cwd, env })
  const early = spawned.ended.then(({ exitCode, stderr }) => {
    throw new Error(`it ended with ${exitCode} before it asked: ${stderr}`)
  })
  await Promise.race([asked, early])
  return spawned
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
      const { child, ended } = await connected(['export', '--json'])
      // Else the server would be waited for for ten minutes.
      child.kill(signal)
      const { exitCode, stdout, stderr } = await ended
      expect(exitCode).toBe(130)
      expect(JSON.parse(stdout)).toMatchObject({
        command: 'export',
        error: { code: 'INTERRUPTED', message: `stopped by ${signal}` },
      })
      expect(stderr).toContain(`${signal}: stopping and cleaning up`)
    }
  })

  it('that crashes ends with 3, never 1, which is a verdict about the data', async () => {
    const crash = join(cwd, 'crash.mjs')
    await writeFile(crash, "process.on('SIGUSR2', () => { throw new Error('boom') })")
    const { child, ended } = await connected(['export'], { NODE_OPTIONS: `--import ${crash}` })
    child.kill('SIGUSR2')
    const { exitCode, stderr } = await ended
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error BUG Error: boom')
  })
})
