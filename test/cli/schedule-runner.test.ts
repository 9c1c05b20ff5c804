import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProcessRunner } from '../../src/cli/steps/schedule-runner.js'
import type { SlotOutcome } from '../../src/ports/slot-runner.js'
import { isAlive } from '../support/is-alive.js'

const ORDER = { set: 'nightly', slot: '2026-05-01T02:00:00.000Z', runId: '20260501T020000.000Z-1a2b3c' }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-runner-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ran {
  readonly outcome: SlotOutcome
  readonly lines: readonly string[]
}

/** Runs a program in the place of `lakeferry`; with `stopAt` it is asked to stop when it has said that line. */
async function run(
  script: string,
  options: { stopAt?: string; datasets?: readonly string[]; killAfterMs?: number } = {},
): Promise<Ran> {
  const file = join(folder, `${Math.random()}.mjs`)
  await writeFile(file, script)
  const lines: string[] = []
  const stop = new AbortController()
  const onLine = (line: string): void => {
    lines.push(line)
    if (line === options.stopAt) stop.abort()
  }
  const runner = new ProcessRunner({
    ...{ program: [process.execPath, file], config: '/etc/x.yaml', cwd: folder, env: { PATH: process.env['PATH'] } },
    ...{ onLine: (_, line) => onLine(line), killAfterMs: options.killAfterMs ?? 600_000 },
  })
  const order = options.datasets === undefined ? ORDER : { ...ORDER, datasets: options.datasets }
  return { outcome: await runner.run(order, stop.signal), lines }
}

describe('the process of a slot', () => {
  it('is a run with its id, which goes on with what there is of it, and knows its slot', async () => {
    const script = 'console.error(JSON.stringify([process.argv.slice(2), process.env.LAKEFERRY_SLOT]))'
    const { outcome, lines } = await run(script, { datasets: ['papers', 'comments'] })
    expect(outcome).toEqual({ exitCode: 0 })
    const words = [
      'run',
      'papers',
      'comments',
      '--run-id',
      ORDER.runId,
      '--resume',
      '--json',
      '--config',
      '/etc/x.yaml',
    ]
    expect(JSON.parse(lines[0] ?? '')).toEqual([words, `nightly ${ORDER.slot}`])
  })

  it('tells the error of its answer, and each line that it says', async () => {
    const error = { code: 'SOURCE_UNREACHABLE', message: 'away', hint: 'h', retryable: true }
    const script = `process.stderr.write('one\\ntwo'); console.log('${JSON.stringify({ command: 'run', error })}'); process.exitCode = 3`
    const { outcome, lines } = await run(script)
    expect(outcome).toEqual({
      exitCode: 3,
      error: { code: 'SOURCE_UNREACHABLE', message: 'away', hint: 'h', retryable: true },
    })
    expect(lines).toEqual(['one', 'two'])
  })

  it('is asked to stop by the end of its channel, and may say how it ended', async () => {
    const script =
      "process.on('disconnect', () => process.exit(130)); setInterval(() => {}, 1000); console.error('ready')"
    const { outcome } = await run(script, { stopAt: 'ready' })
    // By itself: it would not have been killed for ten minutes.
    expect(outcome).toEqual({ exitCode: 130 })
  })

  it('is killed when it does not stop, with all that it has started', async () => {
    const file = join(folder, 'grandchild')
    const script = `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs'
process.on('SIGTERM', () => {})
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
writeFileSync(${JSON.stringify(file)}, String(child.pid))
process.stderr.write('ready\\n')
for (;;) {}`
    const { outcome } = await run(script, { stopAt: 'ready', killAfterMs: 200 })
    expect(outcome).toMatchObject({ exitCode: null, error: { message: 'its process was ended by SIGKILL' } })
    const grandchild = Number(await readFile(file, 'utf8'))
    for (const give = Date.now() + 30_000; isAlive(grandchild) && Date.now() < give; ) await sleep(50)
    expect(isAlive(grandchild)).toBe(false)
  })

  it('that cannot be started is a failure that may pass', async () => {
    const runner = new ProcessRunner({
      ...{ program: [join(folder, 'nothing')], config: 'x', cwd: folder, env: {}, onLine: () => undefined },
    })
    const outcome = await runner.run(ORDER, new AbortController().signal)
    expect(outcome).toMatchObject({ exitCode: null, error: { retryable: true } })
  })

  it('is not in the way of Ctrl-C: it has a process group of its own', async () => {
    const { lines } = await run(
      "import { execFileSync } from 'node:child_process'; console.error(String(execFileSync('ps', ['-o', 'pgid=', '-p', String(process.pid)])).trim() === String(process.pid))",
    )
    expect(lines).toEqual(['true'])
  })
})
