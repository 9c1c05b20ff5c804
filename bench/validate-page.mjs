import { median } from './measure.mjs'
import { BY_HAND, DATACONTRACT, OURS } from './validate.mjs'

const WHAT = {
  [OURS]: 'the whole command: configuration, contract, SHA-256 of the parts, verdict and every failing document',
  [BY_HAND]: 'the same counts and the failing documents, in SQL written for these rules (`bench/bare-duckdb.mjs`)',
  [DATACONTRACT]: 'the counts; it takes no types of Parquet files and lists no documents',
}

/** The page's part about validation; nothing when it was not measured. */
export function validationText(validation) {
  if (validation === undefined) return ''
  const { figures, spark, missing, versions } = validation
  const seconds = name => middleOf((figures.get(name) ?? []).map(run => run.seconds))
  const spent = name => middleOf((figures.get(name) ?? []).map(run => run.cpuSeconds))
  const ratio = (name, of, by, goal) => {
    const [ours, theirs] = [of, by]
    const text = ours === undefined || theirs === undefined ? 'not measured' : (ours / theirs).toFixed(2)
    return `| \`${name}\` | ${text} | ${goal} |`
  }
  const rows = [...figures].map(([name, runs]) => {
    const peak = Math.max(...runs.map(({ peakMB }) => peakMB))
    const version = versions[name] === undefined ? '' : ` (${versions[name]})`
    return `| \`${name}\` | ${seconds(name)?.toFixed(2)} | ${spent(name)?.toFixed(2)} | ${peak.toFixed(0)} | ${WHAT[name]}${version} |`
  })
  return `
## Validation against others

The same run against the same contract, whole processes, in turn; each has to count as many failing documents of each
rule.

| | seconds | CPU, s | peak memory, MB | |
|---|---:|---:|---:|---|
${rows.join('\n')}
${spark === undefined ? '' : sparkText(spark)}
| our time : theirs | ratio | what we aim at |
|---|---:|---|
${[
  ratio(`${OURS} : ${BY_HAND}`, seconds(OURS), seconds(BY_HAND), 'at most 1.5'),
  ratio(`${OURS} : ${DATACONTRACT}`, seconds(OURS), seconds(DATACONTRACT), 'at most 0.20'),
  ratio('Spark job : one by hand', middleOf(spark?.ours), middleOf(spark?.hand), 'at most 1.2'),
].join('\n')}
${missing.length === 0 ? '' : `\nNot on the PATH of this run, hence not measured: ${missing.map(name => `\`${name}\``).join(', ')}.\n`}`
}

function sparkText({ ours, hand, version }) {
  const all = times => times.map(time => time.toFixed(1)).join(', ')
  return `
On Spark ${version}, within one session, so that the start of Java and Spark is in neither: the job that Lakeferry submits
took ${middleOf(ours).toFixed(1)} s (${all(ours)}), one written by hand that reads the documents once ${middleOf(hand).toFixed(1)} s (${all(hand)}); ours also checks
the SHA-256 of each part.
`
}

function middleOf(values) {
  return values === undefined || values.length === 0 ? undefined : median(values)
}
