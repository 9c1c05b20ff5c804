import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Output } from '../../src/cli/output.js'
import { LINE_INTERVAL_MS, ProgressReporter, progressText } from '../../src/cli/progress.js'
import { Capture } from './cli-fixture.js'

async function reporter(
  tty: boolean,
  quiet = false,
): Promise<{ stderr: Capture; stdout: Capture; progress: ProgressReporter; wait: (ms: number) => void }> {
  const [stdout, stderr] = [new Capture(tty), new Capture(tty)]
  let now = 0
  const io = { stdout, stderr, env: {}, cwd: '/', clock: { now: () => new Date(now) } }
  const out = new Output(io, { json: false, quiet, color: false })
  const progress = await ProgressReporter.create(out, { quiet, now: () => now })
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
    const { progress, stderr, wait } = await reporter(tty, true)
    const bar = progress.start('papers')
    wait(60_000)
    bar.update({ documents: 1, expected: 2 })
    progress.stop()
    expect(stderr.text).toBe('')
  })
})

describe('the text', () => {
  it.each([
    [{ documents: 12_345, expected: 0 }, 0, '12,345 documents'],
    [{ documents: 0, expected: 10 }, 3, '0 of 10 documents (0%)'],
    [{ documents: 15, expected: 10 }, 3, '15 of 15 documents (100%), 5/s'],
    [{ documents: 50, expected: 0, share: 0.5 }, 10, '50 documents (50%), 5/s, 10 s left'],
    [{ documents: 10, expected: 0, share: 1.2 }, 1, '10 documents (100%), 10/s'],
  ])('of %j after %i s is %s', (state, seconds, wanted) => {
    expect(progressText(state, seconds)).toBe(wanted)
  })

  it('never says more than 100%, nor what is no number', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.double({ min: 0, max: 1e6, noNaN: true }), (documents, expected, seconds) => {
        const text = progressText({ documents, expected }, seconds)
        expect(text).not.toMatch(/NaN|Infinity|undefined/)
        expect(Number(/\((\d+)%\)/.exec(text)?.[1] ?? 0)).toBeLessThanOrEqual(100)
      }),
    )
  })
})
