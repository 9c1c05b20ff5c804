import { cpus, totalmem } from 'node:os'

/** docs/benchmarks.md: every figure on it is of this one run. */
export function renderPage({ documents, bytes, runs, server, rows, twice, median, version }) {
  const seconds = name => median(rows.get(name).map(run => run.seconds))
  const raw = documents / seconds('raw')
  const megabytes = bytes / 1e6
  const number = value => Math.round(value).toLocaleString('en-US')
  const lines = [...rows]
    .filter(([name]) => name !== 'validate' && name !== 'raw')
    .map(([name, measured]) => {
      const rate = documents / seconds(name)
      const spread = measured.map(run => run.seconds)
      const lake = median(measured.map(run => run.lakeBytes)) / 1e6
      const peak = Math.max(...measured.map(run => run.peakMB))
      return `| \`${name}\` | ${number(rate)} | ${(rate / raw).toFixed(2)} | ${seconds(name).toFixed(2)} (${Math.min(...spread).toFixed(2)} to ${Math.max(...spread).toFixed(2)}) | ${number(lake)} | ${number(peak)} |`
    })
  const sum = ['parquet', 'ndjson.gz', 'json'].reduce((total, name) => total + seconds(name), 0)
  const all = seconds('parquet,ndjson.gz,json')
  const peakOf = name => Math.max(...rows.get(name).map(run => run.peakMB))
  return `# Benchmarks

Written by \`npm run bench\`; every figure is of one run on one machine, so compare them with each other and not with
figures from elsewhere. Quoted is the median of ${runs} runs after one that is not counted, all kinds in turn.

${number(documents)} made-up papers (\`src/demo/generate-papers.ts\`, seed 1: each has ids, numbers, names and sentences of its
own), ${number(megabytes)} MB of BSON, ${number(bytes / documents)} bytes a document. Server: ${server}. Machine: ${cpus().length} × ${cpus()[0].model.trim()},
${number(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, server and client on the same cores. Lakeferry ${version}, lake \`file:\`, whole processes from
start to exit, start-up included.

## Export

The raw read is the limit: whole replies fetched and walked, nothing made of them: ${number(raw)} documents a second.

| formats | documents/s | of the raw read | seconds (range) | MB on the lake | peak memory, MB |
|---|---:|---:|---:|---:|---:|
${lines.join('\n')}

All three formats from one read take ${all.toFixed(2)} s; one after the other they take ${sum.toFixed(2)} s: ${(all / sum).toFixed(2)} of the sum.

## Memory

| formats | ${number(documents)} documents | ${number(2 * documents)} documents |
|---|---:|---:|
${twice.map(({ format, peakMB }) => `| \`${format}\` | ${number(peakOf(format))} MB | ${number(peakMB)} MB |`).join('\n')}

Peak resident memory of the process, threads included.

## Validation

\`lakeferry validate\` of those ${number(documents)} papers as Parquet against \`examples/papers.odcs.yaml\`, every failing document
listed, whole process: ${seconds('validate').toFixed(2)} s, ${number(peakOf('validate'))} MB.
`
}
