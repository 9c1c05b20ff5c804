import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/run-event.js'
import type { Span } from '../../src/model/span.js'
import { Lineage } from '../../src/telemetry/lineage.js'
import { alertFact, logEvent } from '../../src/telemetry/log-line.js'
import { runLog } from '../../src/telemetry/run-log.js'
import { runTrace } from '../../src/telemetry/run-trace.js'
import { at, failure, WHOLE } from './run-events.js'

const doc = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8')

/** Cells of the tables whose first cell is code. */
const rows = [...doc.matchAll(/^\| (`[^|]+) \|(.*)\|$/gm)].map(([, first = '', rest = '']) => [
  first,
  ...rest.split('|'),
])
const code = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)

const slot = { set: 'nightly', at: at(0) }
const EVENTS: readonly RunEvent[] = [...WHOLE, failure({ dataset: 'comments' })].map(event => ({ ...event, slot }))

describe('docs/observability.md', () => {
  it('has a row for every event of a run, with its level and members, and no other', () => {
    const lines: Record<string, unknown>[] = []
    const log = runLog(fact => void lines.push(JSON.parse(logEvent(fact))))
    for (const event of EVENTS) log.on(event)
    const common = ['time', 'level', 'event', 'runId', 'dataset', 'set', 'slot']
    const documented = rows.filter(([first]) => /^`(export|validation|run)\.\w+`$/.test(first ?? ''))
    expect(documented.map(([first = '']) => code(first)[0]).sort()).toEqual(lines.map(({ event }) => event).sort())
    for (const [first = '', level = '', members = ''] of documented) {
      const line = lines.find(({ event }) => event === code(first)[0]) ?? {}
      const own = Object.keys(line).filter(name => !common.includes(name))
      const told = code(members).filter(word => !['good', 'warn', 'export', 'validation', 'UNEXPECTED'].includes(word))
      expect(told.sort(), first).toEqual(own.sort())
      expect(level.split(',').map(word => word.trim())).toContain(line['level'])
    }
  })

  it('has a row for alerts, with their members', () => {
    const fact = alertFact({
      ...{ id: 'm', event: 'opened', alertId: 'a', kind: 'lake', severity: 'critical', title: '', promised: '' },
      ...{ seen: '', since: '', at: at(0), lastedSeconds: 1, affected: [], look: '', lake: '', runId: 'x' },
    })
    const [, , members = ''] = rows.find(([first]) => first?.includes('`alert.opened`')) ?? []
    expect(code(members).filter(word => word !== 'error')).toEqual(Object.keys(fact.facts ?? {}))
  })

  it('has a row for every span with all of its attributes', async () => {
    const spans: Span[] = []
    const exporter = { export: async (sent: readonly Span[]) => void spans.push(...sent) }
    const trace = runTrace({ exporter, traceId: 'ab'.repeat(16), command: 'run', database: 'd' })
    for (const event of EVENTS.slice(0, -1)) trace.on(event)
    await trace.settled()
    const documented = rows.filter(([first]) =>
      /^`(lakeferry run|export DATASET|validation DATASET)`/.test(first ?? ''),
    )
    expect(documented.map(([, attributes = '']) => code(attributes))).toEqual(
      spans.map(({ attributes }) => expect.toSatisfy((told: string[]) => sameMembers(told, Object.keys(attributes)))),
    )
  })

  it('names every facet that is sent', () => {
    const lineage = new Lineage({
      ...{ namespace: 'n', version: '1', lakeUrl: 's3://b', source: { uri: 'mongodb://h', database: 'd' } },
      collections: new Map(),
    })
    const facets = new Set(
      EVENTS.flatMap(event => lineage.take(event)).flatMap(({ run, inputs, outputs }) => [
        ...Object.keys(run.facets),
        ...[...inputs, ...outputs].flatMap(({ facets, inputFacets, outputFacets }) =>
          Object.keys({ ...facets, ...inputFacets, ...outputFacets }),
        ),
      ]),
    )
    const documented = [...doc.matchAll(/^\| facets of [^|]*\|(.*)$/gm)].flatMap(([, cells = '']) => code(cells))
    expect([...new Set(documented)].sort()).toEqual([...facets].sort())
  })
})

function sameMembers(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join()
}
