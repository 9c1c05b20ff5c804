import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { METRICS } from '../../src/telemetry/metric-names.js'

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = (path: string): string => readFileSync(file(path), 'utf8')

/** A variable of the dashboard, for whoever imports it to choose. */
const DATA_SOURCE = ['$', '{datasource}'].join('')

const NAMES = METRICS.map(({ name }) => name)
/** Words of PromQL that look like names of ours, or of others'. */
const named = (text: string): string[] => [...text.matchAll(/\blakeferry_[a-z_]+\b/g)].map(([name]) => name)
const LABELS = new Map(METRICS.map(({ name, labels }) => [name, labels]))

describe('the names of metrics', () => {
  it('follow Prometheus: our prefix, base units, and no counter’s suffix, since all are gauges', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length)
    for (const name of NAMES) {
      expect(name).toMatch(/^lakeferry(_[a-z]+)+$/)
      expect(name).not.toMatch(
        /_(total|count|sum|bucket|milliseconds|ms|minutes|hours|days|kilobytes|megabytes|percent)$/,
      )
      if (/_(age|duration|timestamp|promise)/.test(name)) expect(name).toMatch(/_seconds$/)
    }
  })

  it('have labels that Prometheus and its jobs do not take', () => {
    for (const label of METRICS.flatMap(({ labels }) => labels)) expect(['job', 'instance', 'le']).not.toContain(label)
  })
})

describe('docs/metrics.md', () => {
  const rows = [...read('docs/metrics.md').matchAll(/^\| `(lakeferry_\w+)` \| ([^|]*) \| ([^|]+) \|$/gm)]

  it('has a row for every metric, in order, with its labels and its help, and no other', () => {
    expect(rows.map(([, name, labels = '', help]) => ({ name, help, labels: labels.match(/\w+/g) ?? [] }))).toEqual(
      METRICS,
    )
  })
})

describe('observability/prometheus-rules.yaml', () => {
  interface Rule {
    readonly alert: string
    readonly expr: string
    readonly labels: Record<string, string>
    readonly annotations: Record<string, string>
  }
  const rules: Rule[] = parse(read('observability/prometheus-rules.yaml')).groups.flatMap(
    (group: { rules: Rule[] }) => group.rules,
  )

  it('asks for metrics and labels that there are, and says what to look at', () => {
    for (const { alert, expr, labels, annotations } of rules) {
      expect(alert).toMatch(/^Lakeferry[A-Z]/)
      expect(['critical', 'warning']).toContain(labels['severity'])
      const names = named(expr)
      expect(NAMES).toEqual(expect.arrayContaining(names))
      const known = [...names.flatMap(name => LABELS.get(name) ?? []), 'instance', 'job']
      const used = [
        ...Object.values(annotations)
          .join(' ')
          .matchAll(/\$labels\.(\w+)/g),
      ].map(([, label]) => label)
      expect(known).toEqual(expect.arrayContaining(used))
      for (const [, label] of expr.matchAll(/[{,](\w+)=~?"/g)) expect(known).toContain(label)
      expect(Object.keys(annotations)).toEqual(['summary', 'description'])
    }
  })

  it('is accepted by promtool', context => {
    if (!hasPromtool()) context.skip(NO_PROMTOOL)
    const said = execFileSync('promtool', ['check', 'rules', file('observability/prometheus-rules.yaml')])
    expect(said.toString()).toContain(`SUCCESS: ${rules.length} rules found`)
  })

  it('fires when it has to, says promtool', context => {
    if (!hasPromtool()) context.skip(NO_PROMTOOL)
    const said = execFileSync('promtool', ['test', 'rules', file('test/telemetry/prometheus-rules.cases.yaml')])
    expect(said.toString()).toContain('SUCCESS')
  })
})

describe('observability/grafana-dashboard.json', () => {
  interface Panel {
    readonly id: number
    readonly type: string
    readonly title: string
    readonly description?: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[]
  }
  const dashboard = JSON.parse(read('observability/grafana-dashboard.json'))
  const panels: Panel[] = dashboard.panels
  const graphs = panels.filter(({ type }) => type !== 'row')

  it('has panels with a title, a description and a question each, none over another', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const { title, description, targets = [] } of graphs) {
      expect(title && description, title).toBeTruthy()
      expect(targets.length).toBeGreaterThan(0)
    }
    const taken = new Set<string>()
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken, title).not.toContain(`${x} ${y}`)
          taken.add(`${x} ${y}`)
        }
    }
  })

  it('asks for metrics and labels that there are, and leaves none of them out', () => {
    const text = JSON.stringify(dashboard)
    expect(NAMES).toEqual(expect.arrayContaining(named(text)))
    for (const { targets = [] } of graphs)
      for (const { expr, legendFormat } of targets) {
        const known = [...named(expr).flatMap(name => LABELS.get(name) ?? []), 'instance', 'job']
        for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(known, expr).toContain(label)
        for (const [, label] of expr.matchAll(/[{,](\w+)=~?"/g)) expect(known, expr).toContain(label)
        for (const [variable] of expr.matchAll(/\$\w+/g)) expect(['$dataset', '$job']).toContain(variable)
      }
    const forTables = ['lakeferry_dataset_parts', 'lakeferry_dataset_rules', 'lakeferry_check_wrong']
    const rest = ['lakeferry_attempt_started_timestamp_seconds', 'lakeferry_attempt_last_success_timestamp_seconds']
    const slots = ['lakeferry_schedule_last_slot_timestamp_seconds', 'lakeferry_schedule_last_slot_exit_code']
    const left = [...forTables, ...rest, ...slots, 'lakeferry_observation_timestamp_seconds']
    expect(NAMES.filter(name => !named(text).includes(name)).sort()).toEqual(left.sort())
  })

  it('works with any data source of Prometheus', () => {
    for (const [, uid] of JSON.stringify(dashboard).matchAll(/"uid":"([^"]+)"/g)) {
      expect([DATA_SOURCE, dashboard.uid]).toContain(uid)
    }
    expect(dashboard.templating.list.map(({ name }: { name: string }) => name)).toEqual([
      'datasource',
      'dataset',
      'job',
    ])
  })

  it('and the rules are shipped with the package', () => {
    expect(JSON.parse(read('package.json')).files).toContain('observability')
  })
})

const NO_PROMTOOL = 'the alert rules are tried by promtool, which is not on the PATH (it comes with Prometheus)'

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
