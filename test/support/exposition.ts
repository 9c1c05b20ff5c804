import type { MetricSample } from '../../src/model/metric.js'

export interface Exposition {
  readonly samples: readonly MetricSample[]
  readonly types: Readonly<Record<string, string>>
  readonly helps: Readonly<Record<string, string>>
}

/**
 * Reads Prometheus's text format, from its description
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) and with nothing of the library that writes it. Strict:
 * a line that is none, a sample before its type, or two of the same series throw.
 */
export function exposition(text: string): Exposition {
  const samples: MetricSample[] = []
  const types: Record<string, string> = {}
  const helps: Record<string, string> = {}
  const seen = new Set<string>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, keyword, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (keyword === 'HELP') helps[about] = rest
    else if (keyword === 'TYPE') types[about] = rest
    else {
      const [, name, labels = '', value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`no line of the format: ${line}`)
      const type = types[name] ?? types[name.replace(/_(bucket|sum|count)$/, '')]
      if (type === undefined) throw new Error(`no type before ${line}`)
      const series = `${name}{${labels}}`
      if (seen.has(series)) throw new Error(`twice: ${series}`)
      seen.add(series)
      samples.push({ name, labels: labelsOf(labels), value: Number(value.replace('Inf', 'Infinity')) })
    }
  }
  return { samples, types, helps }
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest !== '') {
    const [whole, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? []
    if (whole === undefined || name === undefined) throw new Error(`no labels: ${text}`)
    labels[name] = (value ?? '').replaceAll(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))
    rest = rest.slice(whole.length)
  }
  return labels
}
