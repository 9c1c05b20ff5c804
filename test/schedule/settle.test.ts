import { describe, expect, it } from 'vitest'
import type { TakenSlot } from '../../src/catalog/schedule-ledger.js'
import type { SlotOutcome } from '../../src/ports/slot-runner.js'
import { MAX_ATTEMPTS, type Stopped, settle } from '../../src/schedule/settle.js'

const NOW = new Date('2026-05-01T03:00:00Z')
const SLOT: TakenSlot = {
  ...{ slot: '2026-05-01T02:00:00.000Z', state: 'running', runId: 'r', began: '2026-05-01T02:00:00.000Z', ended: null },
  ...{ attempts: 1, failures: 0, exitCode: null, reason: null, notBefore: null },
  lease: { by: 'me', owner: 'o', since: '', renewedAt: '', nonce: 'n' },
}

function ended(outcome: SlotOutcome, stopped?: Stopped, slot: Partial<TakenSlot> = {}): TakenSlot {
  return settle({ ...SLOT, ...slot }, outcome, stopped, NOW)
}

function failing(code: string, retryable: boolean, exitCode = 3): SlotOutcome {
  return { exitCode, error: { code, message: 'why', retryable } }
}

/** So many seconds from now. */
const soon = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString()

describe('a slot after its run', () => {
  it.each([0, 1, 4])('is done with exit code %i, whatever was found in the data', exitCode => {
    expect(ended({ exitCode })).toMatchObject({
      state: 'done',
      exitCode,
      ended: NOW.toISOString(),
      lease: null,
      failures: 0,
    })
  })

  it('is tried again after a minute, then after five, then given up', () => {
    const outcome = failing('SOURCE_UNREACHABLE', true)
    const first = ended(outcome)
    expect(first).toMatchObject({
      state: 'waiting',
      failures: 1,
      notBefore: soon(60),
      reason: 'SOURCE_UNREACHABLE: why',
    })
    const second = ended(outcome, undefined, { failures: 1, attempts: 2 })
    expect(second).toMatchObject({ state: 'waiting', failures: 2, notBefore: soon(300) })
    const third = ended(outcome, undefined, { failures: 2, attempts: 3 })
    expect(third).toMatchObject({ state: 'failed', failures: 3, notBefore: null, ended: NOW.toISOString() })
  })

  it.each([
    ['the configuration is wrong', failing('CONFIG_INVALID', false, 2)],
    ['trying again cannot help', failing('ENGINE_FAILED', false)],
  ])('is given up at once when %s', (_, outcome) => {
    expect(ended(outcome)).toMatchObject({ state: 'failed', failures: 1, exitCode: outcome.exitCode })
  })

  it.each([
    ['was killed', { exitCode: null }, 'its process was killed'],
    ['ended without a word', { exitCode: 3 }, 'its process ended with exit code 3'],
    ['was stopped by somebody else', failing('INTERRUPTED', true, 130), 'INTERRUPTED: why'],
  ])('is tried again when its process %s', (_, outcome, reason) => {
    expect(ended(outcome)).toMatchObject({ state: 'waiting', failures: 1, reason })
  })

  it('waits, longer each time, for another that is still at work on the run; that is no failure', () => {
    const outcome = failing('RUN_CLAIMED', false, 2)
    const waits = [1, 2, 3, 10].map(attempts => ended(outcome, undefined, { attempts }))
    expect(waits.map(({ notBefore }) => notBefore)).toEqual([soon(15), soon(30), soon(60), soon(600)])
    expect(waits.map(({ state, failures }) => [state, failures])).toEqual(waits.map(() => ['waiting', 0]))
    expect(ended(outcome, undefined, { attempts: MAX_ATTEMPTS })).toMatchObject({ state: 'failed' })
  })

  it('is left to the next when somebody stopped us', () => {
    const stopped: Stopped = { why: 'asked', text: 'stopped by SIGTERM' }
    expect(ended(failing('INTERRUPTED', true, 130), stopped)).toMatchObject({
      ...{ state: 'waiting', failures: 0, exitCode: 130, notBefore: NOW.toISOString(), reason: 'stopped by SIGTERM' },
    })
    // Too late to be stopped.
    expect(ended({ exitCode: 0 }, stopped)).toMatchObject({ state: 'done' })
  })

  it('is given up when it took too long, however often it might be tried', () => {
    const stopped: Stopped = { why: 'time limit', text: 'stopped: it took longer than 6h' }
    expect(ended({ exitCode: null }, stopped)).toMatchObject({ state: 'failed', failures: 1, reason: stopped.text })
  })
})
