import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertMessage } from '../../src/model/alert.js'
import { alertFact, type LogFact, logEvent } from '../../src/telemetry/log-line.js'
import { runLog } from '../../src/telemetry/run-log.js'
import { at, failure, RUN, WHOLE } from './run-events.js'

function linesOf(events: Parameters<ReturnType<typeof runLog>['on']>[0][], options = {}): Record<string, unknown>[] {
  const lines: string[] = []
  const log = runLog(fact => void lines.push(logEvent(fact)), options)
  for (const event of events) log.on(event)
  return lines.map(line => JSON.parse(line))
}

describe('the log of a run', () => {
  it('has the facts of each event flat, with the seconds since what it ends began', () => {
    const papers = { runId: RUN, dataset: 'papers' }
    expect(linesOf([...WHOLE])).toEqual([
      { time: at(1), level: 'info', event: 'export.started', ...papers, collection: 'all_papers' },
      {
        ...{ time: at(13.5), level: 'info', event: 'export.committed', ...papers, documents: 8_623, bytes: 3_600_000 },
        ...{ parts: 3, rejects: 3, guarantee: 'majority', resumed: 0, seconds: 12.5 },
      },
      { time: at(14), level: 'info', event: 'validation.started', ...papers, engine: 'duckdb', documents: 8_623 },
      {
        ...{ time: at(16.25), level: 'warn', event: 'validation.finished', ...papers, engine: 'duckdb', gate: 'bad' },
        ...{ violated: 9, reasons: ['1 rule of severity error failed: title'], seconds: 2.25 },
        reports: ['validation-reports/papers/report.html'],
      },
      {
        ...{ time: at(16.25), level: 'warn', event: 'run.finished', ...papers, gate: 'bad', documents: 8_623 },
        seconds: 15.25,
      },
    ])
  })

  it('masks secrets, and knows who was stopped from what failed', () => {
    const [failed, stopped] = linesOf([
      failure(),
      failure({ code: 'INTERRUPTED', interrupted: true, runId: undefined }),
    ])
    expect(failed).toMatchObject({
      ...{ level: 'error', code: 'SOURCE_INTERRUPTED', step: 'export', seconds: 0 },
      message: 'reading papers from mongodb://***@h/db broke off',
    })
    expect(stopped).toMatchObject({ level: 'warn', code: 'INTERRUPTED', interrupted: true, runId: null })
  })

  it('carries the slot and the trace', () => {
    const slot = { set: 'nightly', at: '2026-11-23T02:00:00.000Z' }
    const [line] = linesOf([{ ...WHOLE[0]!, slot }], { traceId: 'ab'.repeat(16) })
    expect(line).toMatchObject({ set: 'nightly', slot: slot.at, trace_id: 'ab'.repeat(16) })
  })

  it('tells no negative time when a clock is set back', () => {
    const [, committed] = linesOf([{ ...WHOLE[0]!, at: at(50) }, WHOLE[1]!])
    expect(committed).toMatchObject({ seconds: 0 })
  })
})

describe('a line of the log', () => {
  it('is one line of JSON that says what it was given, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.integer(), (message, dataset, n) => {
        // What looks like an address may be masked: that is another test.
        fc.pre(!`${message}${dataset}`.includes('://'))
        const fact: LogFact = { event: 'channel.failed', at: at(0), dataset, facts: { message, n, left: undefined } }
        const line = logEvent(fact)
        expect(line).not.toMatch(/[\n\r]/)
        expect(JSON.parse(line)).toEqual({ time: at(0), level: 'warn', event: 'channel.failed', dataset, message, n })
      }),
    )
  })

  it.each([
    ['opened', 'critical', 'error'],
    ['reminded', 'warning', 'warn'],
    ['resolved', 'critical', 'info'],
  ] as const)('of an alert that is %s and %s is of level %s', (event, severity, level) => {
    const message: AlertMessage = {
      ...{ id: 'm', event, alertId: 'a1', kind: 'freshness', severity, title: 'papers is stale', promised: '26h' },
      ...{
        seen: '3d',
        since: at(0),
        at: at(9),
        affected: ['verdict papers'],
        look: 'lakeferry status',
        lake: 'file:/l',
      },
      ...(event === 'opened' ? {} : { lastedSeconds: 9 }),
    }
    const line = JSON.parse(logEvent(alertFact(message)))
    expect(line).toMatchObject({ time: at(9), level, event: `alert.${event}`, alertId: 'a1', severity })
    expect(line.seconds).toBe(event === 'opened' ? undefined : 9)
  })
})
