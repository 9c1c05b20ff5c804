import { idsOf, type Synthesized } from './synthesized.js'

export interface MetricFilter {
  readonly FilterPattern: string
  readonly MetricTransformations: readonly [
    {
      readonly MetricName: string
      readonly MetricNamespace: string
      readonly Dimensions?: readonly { Value: string }[]
    },
  ]
}

export function filtersOf(synthesized: Synthesized): MetricFilter[] {
  return idsOf(synthesized, 'AWS::Logs::MetricFilter').map(id => synthesized.resources[id]?.Properties)
}

/** Names of the metrics that a line counts for. */
export function counted(filters: readonly MetricFilter[], line: string): string[] {
  return filters
    .filter(({ FilterPattern }) => matches(FilterPattern, line))
    .map(({ MetricTransformations: [{ MetricName }] }) => MetricName)
}

/**
 * The one form of filter that is used, `{ $.name = "text" }`. A line that is no JSON object matches none.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function matches(pattern: string, line: string): boolean {
  const [whole, name = '', text] = /^\{ \$\.(\w+) = "([^"*]*)" \}$/.exec(pattern) ?? []
  if (whole === undefined) throw new Error(`a test that knows nothing of the filter ${pattern}`)
  try {
    return JSON.parse(line)[name] === text
  } catch {
    return false
  }
}
