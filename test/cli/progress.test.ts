import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Output } from '../../src/cli/output.js'
import { printError } from '../../src/cli/print-error.js'
import {
  JSON_INTERVAL_MS,
  LINE_INTERVAL_MS,
  ProgressReporter,
  type ProgressState,
  progressText,
} from '../../src/cli/progress.js'
import { RATE_WINDOW_MS, RecentRate } from '../../src/cli/recent-rate.js'
import { LakeferryError } from '../../src/errors.js'
import { Capture } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

async function reporter(
  tty: boolean,
  { quiet = false, json = false } = {},
): Promise<{ stderr: Capture; stdout: Capture; progress: ProgressReporter; wait: (ms: number) => void }> {
  const [stdout, stderr] = [new Capture(tty), new Capture(tty)]
  let now = 0
  const io = { stdout, stderr, env: {}, cwd: '/', clock: { now: () => new Date(now) } }
  const out = new Output(io, { json, quiet, color: true })
  const progress = await ProgressReporter.create(out, { quiet, json, command: 'export', now: () => now })
  return {
    stdout,
    stderr,
    progress,
    wait: ms => {
      now += ms
    },
  }
}

describe('progress where nobody looks', () => {
  it('is a line every five seconds at most, and none for short work', async () => {
    const { progress, stderr, stdout, wait } = await reporter(false)
    const bar = progress.start('papers')
    for (let second = 1; second <= 12; second++) {
      wait(1000)
      for (let i = 0; i < 3; i++) bar.update({ documents: second * 1000, expected: 24_000, bytes: second * 1e6 })
    }
    bar.stop()
    expect(stderr.text).toBe(
      'papers: 5,000 of 24,000 documents (20%), 5.0 MB, 1,000/s, 19 s left\n' +
        'papers: 10,000 of 24,000 documents (41%), 10.0 MB, 1,000/s, 14 s left\n',
    )
    expect(stdout.text).toBe('')
    expect(LINE_INTERVAL_MS).toBe(5_000)
  })
})

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const ERASED = /\u001b\[2K$/

describe('progress on a terminal', () => {
  it('is a bar on standard error that leaves nothing behind, and the cursor where it was', async () => {
    const { progress, stderr, stdout } = await reporter(true)
    const bar = progress.start('papers')
    bar.update({ documents: 10, expected: 20 })
    // The bar draws itself ten times a second.
    await new Promise(resolve => setTimeout(resolve, 250))
    bar.stop()
    bar.stop()
    expect(stderr.text).toContain(`papers  ${'█'.repeat(12)}${'░'.repeat(12)}  10 of 20 documents (50%)`)
    expect(stderr.text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stderr.text.lastIndexOf(HIDE_CURSOR))
    expect(stderr.text).toMatch(ERASED)
    expect(stdout.text).toBe('')
  })

  it('is ended with the rest when an error leaves it running', async () => {
    const { progress, stderr } = await reporter(true)
    progress.start('papers')
    progress.stop()
    expect(stderr.text).toContain(SHOW_CURSOR)
  })
})

describe('progress with --quiet', () => {
  it.each([true, false])('is nothing (terminal: %s)', async tty => {
    const { progress, stderr, wait } = await reporter(tty, { quiet: true, json: tty })
    const bar = progress.start('papers')
    wait(60_000)
    bar.update({ documents: 1, expected: 2 })
    progress.stop()
    expect(stderr.text).toBe('')
  })
})

describe('progress with --json', () => {
  it('is an object a line, every second at most and once at the end, whoever looks', async () => {
    const { progress, stderr, stdout, wait } = await reporter(true, { json: true })
    const bar = progress.start('papers')
    for (let tenth = 1; tenth <= 25; tenth++) {
      wait(100)
      bar.update({ documents: tenth * 100, expected: 4_000, bytes: tenth * 1e5 })
    }
    bar.stop()
    bar.stop()
    expect(stdout.text).toBe('')
    const about = {
      event: 'progress',
      command: 'export',
      dataset: 'papers',
      expected: 4_000,
      documentsPerSecond: 1_000,
    }
    expect(linesOf(stderr.text)).toEqual([
      { ...about, documents: 1_000, bytes: 1e6, secondsLeft: 3 },
      { ...about, documents: 2_000, bytes: 2e6, secondsLeft: 2 },
      { ...about, documents: 2_500, bytes: 2.5e6, secondsLeft: 1.5 },
    ])
    for (const line of linesOf(stderr.text)) expect(differences(line, documentedShape('progress'))).toEqual([])
    expect(JSON_INTERVAL_MS).toBe(1_000)
  })

  it('says null where nobody knows, and where more came than were expected', async () => {
    const { progress, stderr, wait } = await reporter(false, { json: true })
    progress.start('papers').stop()
    const bar = progress.start('comments')
    wait(1_000)
    bar.update({ documents: 30, expected: 20 })
    progress.stop()
    const unknown = { event: 'progress', command: 'export', bytes: null, documentsPerSecond: null, secondsLeft: null }
    expect(linesOf(stderr.text)).toEqual([
      { ...unknown, dataset: 'papers', documents: 0, expected: null },
      { ...unknown, dataset: 'comments', documents: 30, expected: null },
      { ...unknown, dataset: 'comments', documents: 30, expected: null },
    ])
    for (const line of linesOf(stderr.text)) expect(differences(line, documentedShape('progress'))).toEqual([])
  })
})

describe('other lines with --json', () => {
  it('are objects of their own, without colours, and notes not with --quiet', () => {
    for (const quiet of [false, true]) {
      const [stdout, stderr] = [new Capture(true), new Capture(true)]
      const io = { stdout, stderr, env: {}, cwd: '/', clock: { now: () => new Date(0) } }
      const out = new Output(io, { json: true, quiet, color: true })
      out.note('by the way\nand more')
      out.warn('papers: mind this')
      out.error('  papers.jsonl:3: no JSON')
      expect(linesOf(stderr.text)).toEqual([
        ...(quiet ? [] : [{ event: 'note', text: 'by the way\nand more' }]),
        { event: 'warning', text: 'papers: mind this' },
        { event: 'detail', text: 'papers.jsonl:3: no JSON' },
      ])
    }
  })

  it('have an error in one of them, with its causes when they are asked for, and the stack of a bug', () => {
    const stderr = new Capture(true)
    const io = { stdout: new Capture(true), stderr, env: {}, cwd: '/', clock: { now: () => new Date(0) } }
    const out = new Output(io, { json: true, quiet: true, color: true })
    const cause = new Error('for mongodb://me:pa55@h')
    const error = new LakeferryError('RUN_NONE', { dataset: 'papers' }, { cause })
    printError(out, error, { json: true, verbose: false })
    printError(out, error, { json: true, verbose: true })
    printError(out, new TypeError('x is not a function'), { json: true, verbose: false })
    const [short, long, bug] = linesOf(stderr.text)
    expect(short).toEqual({
      event: 'error',
      code: 'RUN_NONE',
      message: 'no committed run of papers on the lake yet',
      hint: 'Start with: lakeferry export papers',
      retryable: false,
    })
    expect(long).toMatchObject({ ...short, causes: [expect.stringContaining('for mongodb://***@h')] })
    expect(bug).toMatchObject({ event: 'error', code: 'BUG', stack: expect.stringContaining('progress.test.ts') })
    expect(stderr.text).not.toContain('\u001b')
  })
})

/** Each line of the text, which are all whole. */
function linesOf(text: string): object[] {
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map(line => JSON.parse(line))
}

/** A rate that was measured from 0 documents on, over these seconds. */
function measured({ documents, expected, share }: ProgressState, seconds: number): [RecentRate, number] {
  const rate = new RecentRate()
  const shareNow = share ?? (expected === 0 ? undefined : Math.min(1, documents / expected))
  rate.note({ at: 0, documents: 0, share: shareNow === undefined ? undefined : 0 })
  rate.note({ at: seconds * 1000, documents, share: shareNow })
  return [rate, seconds * 1000]
}

describe('the text', () => {
  it.each<[ProgressState, number, string]>([
    [{ documents: 12_345, expected: 0 }, 0, '12,345 documents'],
    [{ documents: 0, expected: 10 }, 3, '0 of 10 documents (0%)'],
    [{ documents: 15, expected: 10 }, 3, '15 of 15 documents (100%), 5/s'],
    [{ documents: 50, expected: 0, share: 0.5 }, 10, '50 documents (50%), 5/s, 10 s left'],
    [{ documents: 10, expected: 0, share: 1 }, 1, '10 documents (100%), 10/s'],
  ])('of %j after %i s is %s', (state, seconds, wanted) => {
    expect(progressText(state, ...measured(state, seconds))).toBe(wanted)
  })

  it('never says more than 100%, nor what is no number', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true }), (documents, expected, seconds) => {
        const state = { documents, expected }
        const text = progressText(state, ...measured(state, seconds))
        expect(text).not.toMatch(/NaN|Infinity|undefined|-/)
        expect(Number(/\((\d+)%\)/.exec(text)?.[1] ?? 0)).toBeLessThanOrEqual(100)
      }),
    )
  })
})

describe('the rate', () => {
  const steady = (from: number, seconds: number, perSecond: number, rate: RecentRate, documents: number): number => {
    for (let tenth = 1; tenth <= seconds * 10; tenth++) {
      const now = documents + (tenth / 10) * perSecond
      rate.note({ at: from + tenth * 100, documents: now, share: now / 100_000 })
    }
    return documents + seconds * perSecond
  }

  it('is that of the last ten seconds, not since the start', () => {
    const rate = new RecentRate()
    let documents = steady(0, 30, 1_000, rate, 0)
    expect(rate.documentsPerSecond(30_000)).toBeCloseTo(1_000, 0)
    documents = steady(30_000, 15, 100, rate, documents)
    expect(rate.documentsPerSecond(45_000)).toBeCloseTo(100, 0)
    expect(rate.secondsLeft(45_000)).toBeCloseTo((100_000 - documents) / 100, 0)
    expect(RATE_WINDOW_MS).toBe(10_000)
  })

  it('falls while nothing comes, and then nobody knows how long it takes', () => {
    const rate = new RecentRate()
    steady(0, 20, 1_000, rate, 0)
    expect(rate.documentsPerSecond(25_000)).toBeLessThan(700)
    expect(rate.documentsPerSecond(120_000)).toBeLessThan(100)
    rate.note({ at: 120_000, documents: 20_000, share: 0.2 })
    rate.note({ at: 131_000, documents: 20_000, share: 0.2 })
    expect(rate.documentsPerSecond(131_000)).toBe(0)
    expect(rate.secondsLeft(131_000)).toBeUndefined()
  })

  it('does not count what a resumed run began with, nor what a run that begins again had', () => {
    const rate = new RecentRate()
    steady(0, 5, 1_000, rate, 5_000_000)
    expect(rate.documentsPerSecond(5_000)).toBeCloseTo(1_000, 0)
    steady(5_000, 5, 200, rate, 0)
    expect(rate.documentsPerSecond(10_000)).toBeCloseTo(200, 0)
  })
})
