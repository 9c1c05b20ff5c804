import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { MetricDefinition, MetricSample } from '../../model/metric.js'

/** Of an answer: https://prometheus.io/docs/instrumenting/exposition_formats/. */
export const METRICS_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE

/** Metrics of this process (`process_…`, `nodejs_…`), as prom-client gathers them. Once for a process. */
export function processMetrics(): Registry {
  const register = new Registry()
  collectDefaultMetrics({ register })
  // Gauges with the name of counters; each is the sum of one that stays.
  for (const of of ['handles', 'requests', 'resources']) register.removeSingleMetric(`nodejs_active_${of}_total`)
  return register
}

/** Samples as text of Prometheus. Every metric is told with its help, those without a sample too. */
export async function renderMetrics(
  definitions: readonly MetricDefinition[],
  samples: readonly MetricSample[],
  beside?: Registry,
): Promise<string> {
  const registry = new Registry()
  const gauges = new Map<string, Gauge>()
  for (const { name, help, labels } of definitions) {
    gauges.set(name, new Gauge({ name, help, labelNames: [...labels], registers: [registry] }))
  }
  for (const { name, labels, value } of samples) {
    const gauge = gauges.get(name)
    if (gauge === undefined) throw new TypeError(`${name} is no metric of the table`)
    gauge.set({ ...labels }, value)
  }
  // prom-client begins one without labels at 0, which nobody has measured.
  for (const { name, labels } of definitions) {
    if (labels.length === 0 && !samples.some(sample => sample.name === name)) gauges.get(name)?.remove()
  }
  const own = await registry.metrics()
  return beside === undefined ? own : `${own}\n${await beside.metrics()}`
}
