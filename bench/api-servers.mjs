import { spawn } from 'node:child_process'
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Of `utime` and `stime` in /proc/PID/stat, in a second. */
const TICKS = 100
const START_MS = 60_000
/** Between SIGTERM and SIGKILL. */
const STOP_MS = 15_000
/** The limit stays on, and no client comes to it. */
const REQUESTS_PER_MINUTE = 1_000_000_000

/** Names on the page. */
export const OURS = 'lakeferry serve'
export const FASTIFY = 'Fastify + driver'
export const EXPRESS = 'Express + Mongoose .lean()'

const file = name => fileURLToPath(new URL(name, import.meta.url))

/** What is started, each as a process of its own over the same collection. */
export function apiServers({ uri, database, work }) {
  return [
    { name: OURS, start: () => startOurs({ uri, database, work }) },
    { name: FASTIFY, start: () => start(process.execPath, [file('api-fastify.mjs'), uri, database], byPort) },
    { name: EXPRESS, start: () => start(process.execPath, [file('api-express.mjs'), uri, database], byPort) },
  ]
}

/** As people start it: with its log, limits, headers and checks. The log goes into a file, as a service's does. */
export function startOurs({ uri, database, work }) {
  const config = join(work, 'serve.yaml')
  writeFileSync(
    config,
    [
      `source: {uri: "${uri}", database: ${database}}`,
      `lake: {url: "file:${join(work, 'lake')}"}`,
      'datasets: {papers: {collection: papers}}',
      `server: {requestsPerMinute: ${REQUESTS_PER_MINUTE}}`,
    ].join('\n'),
  )
  const main = file('../dist/bin/main.js')
  const args = [main, 'serve', '--port', '0', '--json', '--config', config]
  return start(process.execPath, args, line => /"event":"listening","url":"([^"]+)"/.exec(line)?.[1], work)
}

const byPort = line => (/^\d+$/.test(line) ? `http://127.0.0.1:${line}` : undefined)

/** @param ready - takes a line of its output, and gives the address once it is told */
async function start(command, args, ready, logs) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const gone = new Promise(resolve => child.once('exit', resolve))
  const told = []
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${args.join(' ')} is not up:\n${told.join('\n')}`)), START_MS)
    const lines = stream => {
      const reader = createInterface({ input: stream })
      reader.on('line', line => {
        told.push(line)
        const address = ready(line)
        if (address === undefined) return
        clearTimeout(late)
        reader.close()
        resolve(address)
      })
    }
    lines(child.stdout)
    lines(child.stderr)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`${args.join(' ')} ended with ${code}:\n${told.join('\n')}`)))
  }).catch(error => {
    child.kill('SIGKILL')
    throw error
  })
  if (logs === undefined) child.stderr.resume()
  else child.stderr.pipe(createWriteStream(join(logs, 'serve.log')))
  child.stdout.resume()
  return {
    url,
    usage: () => usageOf(child.pid),
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await gone
      clearTimeout(late)
    },
  }
}

/** CPU time so far, memory now and at most; of all threads (Linux). */
function usageOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const MB = name => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024) / 1e6
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS
  return { cpuSeconds, residentMB: MB('VmRSS'), peakMB: MB('VmHWM') }
}
