import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startGuarded } from '../../src/demo/guarded-process.js'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'
import { isAlive } from '../support/is-alive.js'

/** A program that says `up` and where it works, and ends on SIGTERM, unless told to be stubborn. */
const PROGRAM = `
  if (process.argv[1] === 'stubborn') process.on('SIGTERM', () => console.log('no'))
  require('node:fs').writeFileSync('data', 'precious')
  console.log('up ' + process.cwd())
  setInterval(() => undefined, 1000)
`

function program(...args: string[]) {
  return {
    name: 'test-program',
    command: process.execPath,
    args: () => ['-e', PROGRAM, ...args],
    ready: (log: string) => /^up (.+)$/m.exec(log)?.[1],
  }
}

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', `${pid}`], { encoding: 'utf8' }))
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const give = Date.now() + 45_000; Date.now() < give; ) {
    if (condition()) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain until ${what}`)
}

describe('a guarded process', { timeout: 180_000 }, () => {
  it('runs in a folder of its own, and is gone with it after stop, which may be called again', async () => {
    const service = await startGuarded(program())
    expect(existsSync(join(service.ready, 'data'))).toBe(true)
    expect(isAlive(service.pid)).toBe(true)
    await Promise.all([service.stop(), service.stop()])
    expect(isAlive(service.pid)).toBe(false)
    expect(existsSync(service.ready)).toBe(false)
    await service.stop()
  })

  it('is killed when it does not heed SIGTERM', async () => {
    const service = await startGuarded({ ...program('stubborn'), graceMs: 200 })
    await service.stop()
    expect(isAlive(service.pid)).toBe(false)
    expect(existsSync(service.ready)).toBe(false)
  })

  it('is killed by its owner when the guard itself was killed', async () => {
    const service = await startGuarded(program())
    const guard = parentOf(service.pid)
    process.kill(guard, 'SIGKILL')
    await service.stop()
    await until(() => !isAlive(service.pid), 'the service has ended')
    expect(existsSync(service.ready)).toBe(false)
  })

  it('fails with what it wrote when it ends before it is up', async () => {
    const complaint = "console.error('cannot open the box'); process.exit(7)"
    await expect(startGuarded({ ...program(), args: () => ['-e', complaint] })).rejects.toThrow(
      /test-program did not start: it ended with exit code 7; it wrote: cannot open the box/,
    )
  })

  it('fails when there is no such program', async () => {
    await expect(startGuarded({ ...program(), command: 'lakeferry-no-such-program' })).rejects.toThrow(/ENOENT/)
  })

  it('fails, and leaves nothing running, when it is not up in time', async () => {
    const options = { ...program(), ready: () => undefined, startWithinMs: 500 }
    const args = () => ['-e', `console.log('pid ' + process.pid); ${PROGRAM}`]
    const failure: Error = await startGuarded({ ...options, args }).then(
      () => new Error('it started'),
      error => error,
    )
    expect(failure.message).toMatch(/was not up within 0.5 s/)
    const pid = Number(/pid (\d+)/.exec(failure.message)?.[1])
    expect(isAlive(pid)).toBe(false)
  })

  it('stops starting when it is no longer wanted', async () => {
    const signal = AbortSignal.timeout(100)
    await expect(startGuarded({ ...program(), ready: () => undefined, signal })).rejects.toThrow(/no longer wanted/)
  })
})

describe('a guarded process whose owner is gone', { timeout: 180_000 }, () => {
  let owner: ChildProcess
  let servicePid: number
  let workingFolder: string

  beforeEach(async () => {
    // The compiled one, as a user runs it: nothing of the test runner is in between.
    const compiled = pathToFileURL(join(PACKAGE_ROOT, 'dist', 'demo', 'guarded-process.js')).href
    const text = `
      const { startGuarded } = await import(${JSON.stringify(compiled)})
      const service = await startGuarded({
        name: 'test-program', command: process.execPath, args: () => ['-e', ${JSON.stringify(PROGRAM)}],
        ready: log => /^up (.+)$/m.exec(log)?.[1],
      })
      process.stdout.write(JSON.stringify({ pid: service.pid, folder: service.ready }) + '\\n')
      setInterval(() => undefined, 1000)
    `
    owner = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(owner.stdout!, 'data')
    ;({ pid: servicePid, folder: workingFolder } = JSON.parse(String(line)))
  })

  afterEach(() => owner.kill('SIGKILL'))

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)('ends after %s, and its folder with it', async signal => {
    expect(isAlive(servicePid)).toBe(true)
    owner.kill(signal)
    await until(() => !isAlive(servicePid), 'the service has ended')
    await until(() => !existsSync(workingFolder), 'its folder is removed')
    // Nor has the guard been left behind.
    await until(() => !guardsOf(workingFolder), 'the guard has ended')
  })
})

/** Whether a process of this machine has the folder's name in its arguments (Linux only; elsewhere none is seen). */
function guardsOf(folder: string): boolean {
  if (!existsSync('/proc')) return false
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      } catch {
        return false
      }
    })
}
