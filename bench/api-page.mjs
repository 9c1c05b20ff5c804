import { LISTS } from './api.mjs'
import { percentile } from './api-load.mjs'
import { EXPRESS, FASTIFY, OURS } from './api-servers.mjs'
import { median } from './measure.mjs'

const whole = value => Math.round(value).toLocaleString('en-US')
const ms = value => value.toFixed(1)

/** The page's part about `lakeferry serve`; nothing when it was not measured. */
export function apiText(api) {
  if (api === undefined) return ''
  const { figures, papers, limit, connections, seconds, rounds } = api
  return `
## The application's API

\`GET /api/iclr\`, ${limit} papers of ${papers}, so that the database is not what is measured: the built \`lakeferry serve\` as people
start it (its limits, headers, checks and log are on), and the same list as one writes it by hand, with Fastify and the driver's
\`toArray()\` and with Express and Mongoose's \`.lean()\` (\`bench/api-fastify.mjs\`, \`bench/api-express.mjs\`). Each is a process of
its own, started anew for each turn and warmed up; ${connections} connections of autocannon ask for ${seconds} s, which works on the same
cores, as the database does. Every answer is compared: all have the same papers, and a wrong one ends the run. Medians of
${rounds} rounds; latencies of all of them.
${LISTS.map(({ list }) => listText(list, figures.get(list))).join('')}
${memoryText(api.memory)}${latencyText(api.latency)}`
}

const ABOUT = {
  'lists that differ': `Each connection asks for pages that no other one asks for, so that nothing is shared between requests. This is the
comparison that counts.`,
  'one list for all': `All connections ask for the same. Ours reads a list once for all who ask for it at the same time, each after the last of
them has asked, which those by hand do not: a page that everybody opens.`,
}

function listText(list, figures) {
  const rates = name => median(figures.get(name).map(({ rate }) => rate))
  const cpu = name => median(figures.get(name).map(({ cpuMs }) => cpuMs))
  const rows = [...figures].map(([name, runs]) => {
    const latencies = runs.flatMap(run => run.latencies)
    const cells = [
      name === OURS ? `\`${name}\`` : name,
      whole(rates(name)),
      ms(percentile(latencies, 0.5)),
      ms(percentile(latencies, 0.99)),
      cpu(name).toFixed(2),
      whole(Math.max(...runs.map(({ peakMB }) => peakMB))),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const against = name =>
    `| \`${OURS}\` : ${name} | ${(rates(OURS) / rates(name)).toFixed(2)} | ${(cpu(name) / cpu(OURS)).toFixed(2)} | at least 1.5, and 2.5 is what we are after |`
  return `
### ${list[0].toUpperCase()}${list.slice(1)}

${ABOUT[list]}

| | requests/s | p50, ms | p99, ms | CPU, ms a request | peak memory, MB |
|---|---:|---:|---:|---:|---:|
${rows.join('\n')}

| more is better | requests a second | requests for the same CPU | what we aim at |
|---|---:|---:|---|
${[FASTIFY, EXPRESS].map(against).join('\n')}
`
}

function memoryText({ first, last, firstMB, lastMB, peakMB }) {
  return `Memory of \`${OURS}\` over ${whole(last)} requests, lists that differ: ${whole(firstMB)} MB resident after ${whole(first)}, ${whole(lastMB)} MB after
${whole(last)}, ${whole(peakMB)} MB at most.
`
}

function latencyText({ figures, collections, moderate, requests, peakMB }) {
  const rows = figures.map(
    ({ kind, alone, moderate }) =>
      `| ${kind} | ${ms(alone.p50)} | ${ms(alone.p95)} | ${ms(moderate.p50)} | ${ms(moderate.p95)} |`,
  )
  return `
### ${whole(collections.papers)} papers and ${whole(collections.comments)} comments

Milliseconds for one request of \`${OURS}\`, by one client and by ${moderate} at once that ask for several addresses of a kind;
${requests} requests each. A page of ${whole(50)}, its total included. Peak memory ${whole(peakMB)} MB, the index for the search included.

| | p50, alone | p95, alone | p50, ${moderate} at once | p95, ${moderate} at once |
|---|---:|---:|---:|---:|
${rows.join('\n')}
`
}
