/** A gauge, as Prometheus has them: docs/metrics.md has each. */
export interface MetricDefinition {
  /** In base units, with the unit as its suffix: https://prometheus.io/docs/practices/naming/. */
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
}

/** The value of a metric for one set of labels. */
export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}
