import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStreamParser, type ServerEvent } from '../../web/src/data/event-stream.js'
import { backOffMs, followEvents } from '../../web/src/data/follow-events.js'

describe('EventStreamParser', () => {
  it('tells events with their names, ids and lines of data', () => {
    const parser = new EventStreamParser()
    const events = parser.push(
      '\uFEFFretry: 2000\n\n: alive\n\nid: 7\nevent: comment\ndata: {"a":1}\n\ndata:one\ndata: two\n\nevent: nothing\n\n',
    )
    expect(events).toEqual([
      { event: 'comment', data: '{"a":1}', id: '7' },
      { event: 'message', data: 'one\ntwo', id: '7' },
    ])
    expect(parser.retryMs).toBe(2_000)
  })

  it('tells the same however the network cuts the stream, and whichever line ends it has', () => {
    const line = fc.stringMatching(/^[ a-z:é€😀]{0,12}$/u)
    const event = fc.record({
      event: fc.stringMatching(/^[a-z-]{1,8}$/),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 4 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(60)),
        (sent, end, cuts) => {
          const text = sent
            .map(one => [`event: ${one.event}`, ...one.lines.map(data => `data: ${data}`), '', ''].join(end))
            .join('')
          const parser = new EventStreamParser()
          const found: ServerEvent[] = []
          let at = 0
          for (const cut of [...cuts, text.length]) {
            found.push(...parser.push(text.slice(at, at + cut)))
            at += cut
          }
          // A last CR may be half of a line end: one more line decides.
          found.push(...parser.push(': end\n'))
          expect(found.map(({ event: name, data }) => [name, data])).toEqual(
            sent.map(one => [one.event, one.lines.join('\n')]),
          )
        },
      ),
    )
  })
})

describe('followEvents', () => {
  it('asks again after an end and a failure, from the last event on, waiting longer each time nobody answers', async () => {
    const asked: (string | null)[] = []
    const waits: number[] = []
    const events: string[] = []
    const stop = new AbortController()
    const answers = [stream('id: a\ndata: 1\n\n'), undefined, undefined, stream('retry: 50\n\nid: b\ndata: 2\n\n')]
    await followEvents('/events', {
      signal: stop.signal,
      onEvent: ({ data }) => {
        events.push(data)
        if (data === '2') stop.abort()
      },
      random: () => 1,
      wait: async ms => void waits.push(ms),
      fetch: async (_, init) => {
        asked.push(new Headers(init?.headers).get('last-event-id'))
        const answer = answers.shift()
        if (answer === undefined) throw new TypeError('fetch failed')
        return answer
      },
    })
    expect(events).toEqual(['1', '2'])
    expect(asked).toEqual([null, 'a', 'a', 'a'])
    expect(waits).toEqual([500, 1_000, 2_000])
  })

  it.each([401, 403, 404])('does not ask again after %i', async status => {
    let asked = 0
    let refused: Response | undefined
    await followEvents('/events', {
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onRefused: answer => {
        refused = answer
      },
      fetch: async () => {
        asked += 1
        return new Response('no', { status })
      },
    })
    expect([asked, refused?.status]).toEqual([1, status])
  })

  it('never waits less than half of its turn, nor more than 15 s', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const most = Math.min(500 * 2 ** Math.min(attempt, 10), 15_000)
        const wait = backOffMs(attempt, random)
        expect(wait).toBeGreaterThanOrEqual(most / 2)
        expect(wait).toBeLessThanOrEqual(most)
      }),
    )
  })
})

function stream(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}
