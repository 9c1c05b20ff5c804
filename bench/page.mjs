import { apiText } from './api-page.mjs'
import { median } from './measure.mjs'
import { machineText, methodText, PEERS_DO_NOT } from './page-text.mjs'
import { EXPORTS } from './product.mjs'
import { ratios, secondsOf } from './ratios.mjs'
import { validationText } from './validate-page.mjs'

const whole = value => Math.round(value).toLocaleString('en-US')

/** docs/benchmarks.md: every figure on it is of this one run. */
export function renderPage(run) {
  const { figures, peers, papers } = run
  return `# Benchmarks

Written by \`npm run bench\`; every figure is of one run on one machine, so compare them with each other and not with
figures from elsewhere. How to repeat it: \`bench/README.md\`.

${methodText(run)}

${machineText(run)}

## In short

Our time divided by theirs: less than 1 is faster than they are.

| | ratio | what we aim at |
|---|---:|---|
${ratios(figures)
  .map(
    ({ name, goal, ratio }) => `| \`${name}\` | ${ratio === undefined ? 'not measured' : ratio.toFixed(2)} | ${goal} |`,
  )
  .join('\n')}
${missingText(peers.missing)}
## ${whole(papers.documents)} documents

${rawText(run)}
| Lakeferry | documents/s | seconds (range) | CPU, s | MB written | peak memory, MB |
|---|---:|---:|---:|---:|---:|
${EXPORTS.map(({ name }) => row(run, name, papers.documents)).join('')}
${peersTable(run)}
${PEERS_DO_NOT}
${proofTable(run)}${validationText(run.validation)}${apiText(run.api)}${scaleTable(run)}`
}

function rawText({ figures, papers }) {
  const [raw, byId] = ['raw read', 'raw read by _id'].map(name => secondsOf(figures, name))
  if (raw === undefined) return ''
  const rate = seconds => `${whole(papers.documents / seconds)} documents a second`
  const ordered =
    byId === undefined
      ? ''
      : ` In the order of \`_id\` it is
${rate(byId)}. Lakeferry reads collections of up to 1 GiB as they come, like the others here, and larger ones in the
order of \`_id\`, in which a reading that breaks off goes on after its last document.`
  return `The raw read is the limit: whole replies fetched and walked, nothing made of them, ${rate(raw)}.${ordered}\n`
}

function row({ figures }, name, documents) {
  const measured = figures.get(name)
  if (measured === undefined || measured.length === 0) return ''
  const seconds = measured.map(({ seconds }) => seconds)
  const range = `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}`
  const middle = median(seconds)
  const cells = [
    `\`${name}\``,
    whole(documents / middle),
    `${middle.toFixed(2)} (${range})`,
    median(measured.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1),
    measured[0].lakeBytes === undefined ? '' : whole(median(measured.map(({ lakeBytes }) => lakeBytes)) / 1e6),
    whole(Math.max(...measured.map(({ peakMB }) => peakMB))),
  ]
  return `| ${cells.join(' | ')} |\n`
}

function peersTable(run) {
  if (run.peers.there.length === 0) return ''
  return `| others | documents/s | seconds (range) | CPU, s | MB written | peak memory, MB |
|---|---:|---:|---:|---:|---:|
${run.peers.there.map(({ name }) => row(run, name, run.papers.documents)).join('')}
${run.peers.there.map(({ name, what, version }) => `- \`${name}\`: ${what} (${version}).`).join('\n')}
`
}

function missingText(missing) {
  if (missing.length === 0) return ''
  return `\nNot on the PATH of this run, hence not measured: ${missing.map(name => `\`${name}\``).join(', ')}.\n`
}

function proofTable(run) {
  const names = ['validate', 'verify against the parts', 'verify against MongoDB', 'restore']
  const rows = names.map(name => row(run, name, run.papers.documents)).join('')
  if (rows === '') return ''
  return `
## What comes after an export

\`validate\` holds the Parquet parts to nine rules (\`bench/papers.odcs.yaml\`) and lists every failing document;
\`verify\` recomputes the digest, from the \`bson.gz\` parts or from MongoDB; \`restore\` writes the \`bson.gz\` parts into
another collection, and the server's writing is in its time.

| | documents/s | seconds (range) | CPU, s | | peak memory, MB |
|---|---:|---:|---:|---|---:|
${rows}`
}

function scaleTable({ figures, atScale, papers, many }) {
  const rows = [...atScale].flatMap(([name, large]) => {
    const small = figures.get(name) ?? []
    if (small.length === 0) return []
    const [few, most] = [Math.max(...small.map(({ peakMB }) => peakMB)), large.peakMB]
    return [
      `| \`${name}\` | ${whole(few)} | ${whole(most)} | ${whole(papers.documents / secondsOf(figures, name))} | ${whole(many.documents / large.seconds)} |`,
    ]
  })
  if (rows.length === 0) return ''
  return `
## Memory and rate as collections grow

Peak resident memory of the process in MB, threads included, and documents a second; the larger collection is read
once by each.

| | MB, ${whole(papers.documents)} documents | MB, ${whole(many.documents)} | documents/s, ${whole(papers.documents)} | documents/s, ${whole(many.documents)} |
|---|---:|---:|---:|---:|
${rows.join('\n')}
`
}
