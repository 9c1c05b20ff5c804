import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import * as runs from '../../src/cli/commands/runs.js'
import { EXIT } from '../../src/cli/exit-codes.js'
import { EXIT_CODES, LakeferryError } from '../../src/errors.js'
import { invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-cli-'))
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    'source: {uri: "mongodb://user:pa55@h", database: d}\nlake: {url: file:./lake}\ndatasets: {papers: {collection: papers}, comments: {collection: c}}\n',
  )
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(cwd, { recursive: true })
})

/** Lets `runs` end as told: a command like any other. */
function make(ending: () => Promise<number>): void {
  vi.spyOn(runs, 'run').mockImplementation(ending)
}

describe('an error', () => {
  it('has its code, message and hint on standard error and its own exit code', async () => {
    expect(await invoke(['runs', 'paper'], { cwd })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error DATASET_UNKNOWN no dataset "paper" in the configuration; it has papers, comments\n' +
        '  Name one of those, or add it under datasets: in lakeferry.yaml.\n',
    })
  })

  it('is one JSON object with --json, as documented, beside the text for people', async () => {
    const invocation = await invoke(['runs', 'paper', '--json'], { cwd })
    expect(differences(jsonOf(invocation), documentedShape('error'))).toEqual([])
    expect(jsonOf(invocation)).toMatchObject({ command: 'runs', error: { code: 'DATASET_UNKNOWN', retryable: false } })
    expect(invocation.stderr).toContain('DATASET_UNKNOWN')
  })

  it('of usage is JSON too, without a command when there is none', async () => {
    for (const argv of [['--json', 'exprt'], ['--json'], ['runs', '--json', '--limit', 'x']]) {
      const invocation = await invoke(argv, { cwd })
      expect(invocation.exitCode).toBe(2)
      expect(differences(jsonOf(invocation), documentedShape('error'))).toEqual([])
    }
    expect(jsonOf(await invoke(['--json', 'exprt'])).command).toBeNull()
  })

  it.each([
    ['usage', new LakeferryError('RUN_NONE', { dataset: 'papers' }), 2],
    ['service', new LakeferryError('LAKE_BUCKET_MISSING', { lake: 's3://x' }), 3],
    ['interrupted', new LakeferryError('INTERRUPTED', { signal: 'SIGINT' }), 130],
  ])('of the family %s exits with its code', async (_, error, exitCode) => {
    make(() => Promise.reject(error))
    expect((await invoke(['runs'], { cwd })).exitCode).toBe(exitCode)
  })

  it('that nobody foresaw is a bug with a stack and 3, never 1, which is a verdict', async () => {
    make(() => Promise.reject(new TypeError('x is not a function')))
    const { exitCode, stderr } = await invoke(['runs'], { cwd })
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/^error BUG TypeError: x is not a function\n {4}at /)
    const asJson = await invoke(['runs', '--json'], { cwd })
    expect(JSON.parse(asJson.stdout).error).toMatchObject({ code: 'BUG', retryable: false })
    expect(JSON.parse(asJson.stderr)).toMatchObject({
      event: 'error',
      stack: expect.stringMatching(/function\n {4}at /),
    })
    make(() => Promise.reject('a text'))
    expect((await invoke(['runs'], { cwd })).stderr).toContain('thrown: a text')
  })

  it('tells its causes with --verbose only, a circle of them not for ever', async () => {
    const cause = new Error('socket closed')
    cause.cause = cause
    const error = new LakeferryError('LAKE_UNREACHABLE', { lake: 'x', operation: 'get', reason: 'y' }, { cause })
    make(() => Promise.reject(error))
    expect((await invoke(['runs'], { cwd })).stderr).not.toContain('caused by')
    expect((await invoke(['runs', '--verbose'], { cwd })).stderr.split('caused by Error: socket closed').length).toBe(6)
  })

  it('shows no password and moves no cursor, whatever a server says', async () => {
    const reason = 'cannot reach mongodb://user:pa55@h/?password=pa55 \u001b[2J\u009b2J'
    const error = new LakeferryError(
      'LAKE_UNREACHABLE',
      { lake: 'x', operation: 'get', reason },
      { cause: new Error(reason) },
    )
    make(() => Promise.reject(error))
    const { stdout, stderr } = await invoke(['runs', '--json', '--verbose'], { cwd })
    expect(stdout + stderr).not.toMatch(/pa55|[\u001b\u009b]/)
    expect(stderr).toContain('mongodb://***@h')
  })
})

describe('a stop', () => {
  it('is told as an interruption whatever the step threw, with 130', async () => {
    const controller = new AbortController()
    make(() => {
      controller.abort(new LakeferryError('INTERRUPTED', { signal: 'SIGTERM' }))
      return Promise.reject(new Error('socket closed'))
    })
    const { exitCode, stderr } = await invoke(['runs', '--verbose'], { cwd, signal: controller.signal })
    expect(exitCode).toBe(130)
    expect(stderr).toContain('error INTERRUPTED stopped by SIGTERM')
    expect(stderr).toContain('caused by Error: socket closed')
  })

  it('does not hide that a run may have been committed', async () => {
    const controller = new AbortController()
    make(() => {
      controller.abort(new LakeferryError('INTERRUPTED', { signal: 'SIGTERM' }))
      const details = { dataset: 'papers', runId: 'r', key: 'papers/run=r/_manifest.json', reason: 'no answer' }
      return Promise.reject(new LakeferryError('COMMIT_UNKNOWN', details))
    })
    const { exitCode, stderr } = await invoke(['runs'], { cwd, signal: controller.signal })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error COMMIT_UNKNOWN')
  })
})

describe('the streams', () => {
  it('have the settings on standard error with --verbose, secrets masked', async () => {
    const env = { LAKEFERRY_MONITOR_FRESHNESS: '1h' }
    const { stderr } = await invoke(['runs', '--verbose'], { cwd, env })
    const asJson = await invoke(['runs', '--verbose', '--json'], { cwd, env })
    expect(() => JSON.parse(asJson.stdout)).not.toThrow()
    expect(JSON.parse(asJson.stderr)).toEqual({ event: 'note', text: stderr.trimEnd() })
    expect(stderr).toContain('  source.uri = mongodb://***@h  (lakeferry.yaml:1)\n')
    expect(stderr).toContain('  monitor.freshness = 1h  (environment LAKEFERRY_MONITOR_FRESHNESS)\n')
  })

  it('have warnings even with --quiet', async () => {
    const { stderr } = await invoke(['runs', '--quiet'], { cwd, env: { LAKEFERRY_LAK_URL: 'x' } })
    expect(stderr).toContain('warning the environment variable LAKEFERRY_LAK_URL is no setting')
  })

  it('are coloured on a terminal only, and never with --no-color or NO_COLOR', async () => {
    const colour = '\u001b[1m'
    expect((await invoke(['runs'], { cwd })).stdout).not.toContain(colour)
    expect((await invoke(['runs'], { cwd, tty: true })).stdout).toContain(colour)
    expect((await invoke(['runs', '--no-color'], { cwd, tty: true })).stdout).not.toContain(colour)
    expect((await invoke(['runs'], { cwd, tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(colour)
    expect((await invoke(['runs'], { cwd, tty: true, env: { NO_COLOR: '' } })).stdout).toContain(colour)
  })
})

it('has the exit codes of the error table', () => {
  expect(EXIT).toMatchObject(EXIT_CODES)
})
