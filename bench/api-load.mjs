import autocannon from 'autocannon'

/**
 * Asks a server for the same paths again and again over so many connections, each of which goes its own way round, and
 * holds every answer to what it has to be.
 *
 * @param ways - for each connection: its paths, in their order
 * @param expected - by path: the body, byte for byte
 * @param amount - of requests in all, or `seconds` to go on for
 * @returns requests, the seconds they took, and each latency in milliseconds
 */
export async function load({ url, ways, expected, amount, seconds }) {
  const latencies = []
  let wrong
  let next = 0
  const running = autocannon({
    url,
    connections: ways.length,
    ...(amount === undefined ? { duration: seconds } : { amount }),
    requests: [{ method: 'GET', path: ways[0][0] }],
    setupClient: client => {
      const paths = ways[next++ % ways.length]
      client.setRequests(
        paths.map(path => ({
          method: 'GET',
          path,
          onResponse: (status, body) => {
            if (status !== 200) wrong ??= `${path} answers ${status}: ${body.slice(0, 300)}`
            else if (!isSame(body, expected.get(path)))
              wrong ??= `${path} answers something else: ${body.slice(0, 300)}`
          },
        })),
      )
    },
  })
  running.on('response', (_client, _status, _bytes, ms) => latencies.push(ms))
  const result = await running
  wrong ??= result.errors > 0 ? `${result.errors} requests failed` : undefined
  if (wrong !== undefined) throw new Error(`${url}: ${wrong}`)
  return { requests: latencies.length, seconds: result.duration, latencies }
}

/** autocannon decodes chunk by chunk, and a character that lies across two is lost to it: then all but those is compared. */
function isSame(body, expected) {
  return body === expected || ascii(body) === ascii(expected)
}

const ascii = text => text.replaceAll(/[^\x00-\x7f]+/g, '?')

/** @param share - 0.95 for the 95th percentile */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
}
