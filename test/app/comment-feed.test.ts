import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ChangesLost, type LiveDatabase } from '../../src/ports/live-database.js'
import type { CommentEvent, WatchOptions } from '../../src/ports/paper-store.js'
import { type LiveApplication, liveApplication } from './live-application.js'
import { Gate } from './watched-database.js'

/** Set: the stream is lost the next time that it is asked, and its successor opens when the gate does. */
let lose: Gate | undefined
let holds: Gate | undefined
const through = (real: LiveDatabase): LiveDatabase =>
  new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'changes') return value.bind(target)
      return (...args: Parameters<LiveDatabase['changes']>) => {
        const changes = target.changes(...args)
        const held = args[0] === 'comments' ? holds : undefined
        return {
          opened: held === undefined ? changes.opened : held.pass().then(() => changes.opened),
          get token() {
            return changes.token
          },
          next: async () => {
            if (lose !== undefined && args[0] === 'comments') {
              holds = lose
              lose = undefined
              throw new ChangesLost('test')
            }
            return await changes.next()
          },
          close: () => changes.close(),
        }
      }
    },
  })

let live: LiveApplication
beforeAll(async () => {
  live = await liveApplication({ papers: [{ id: 'paper1', title: 'One' }] }, { through })
})
afterAll(() => live.close())

const say = async (text: string): Promise<void> => {
  await live.application.comments.insert({ paperId: 'paper1', author: 'A', text })
}
const wordOf = (event: CommentEvent): string =>
  'json' in event ? JSON.parse(Buffer.from(event.json).toString()).text : event.kind

function watch(options: Omit<WatchOptions, 'signal'> = {}) {
  const end = new AbortController()
  const events = live.application.comments.watch({ ...options, signal: end.signal })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const { value } = await events.next()
    return value === undefined ? 'end' : wordOf(value)
  }
  return { end, events, next }
}

/** Reads on by itself. */
function reading(options: Omit<WatchOptions, 'signal'> = {}) {
  const { end, events } = watch(options)
  const seen: CommentEvent[] = []
  const done = (async () => {
    for (let next = await events.next(); !next.done; next = await events.next()) seen.push(next.value)
  })()
  const until = async (word: string): Promise<void> => {
    const is = (): boolean => seen.some(event => wordOf(event) === word)
    for (const give = Date.now() + 40_000; !is() && Date.now() < give; ) await sleep(10)
    expect(seen.map(wordOf)).toContain(word)
  }
  const leave = async (): Promise<void> => {
    end.abort()
    await done
  }
  return { seen, until, leave }
}

it('what is written while somebody catches up comes to them once', async () => {
  const stays = reading()
  await stays.until('open')
  await say('seen')
  await stays.until('seen')
  const back = watch({ after: stays.seen.at(-1)!.token! })
  expect(await back.next()).toBe('open')
  // They are kept for those who come back, and wait for this one as well.
  await say('meanwhile 1')
  await say('meanwhile 2')
  await stays.until('meanwhile 2')
  expect([await back.next(), await back.next()]).toEqual(['meanwhile 1', 'meanwhile 2'])
  await say('then')
  expect(await back.next()).toBe('then')
  back.end.abort()
  expect(await back.next()).toBe('end')
  await stays.leave()
})

it('that something is lost is told when the stream is open again, not before', async () => {
  const stays = reading()
  await stays.until('open')
  const gate = new Gate()
  lose = gate
  await gate.reached
  await sleep(100)
  // Who read the list now would miss what is written until the stream is open.
  expect(stays.seen.map(wordOf)).toEqual(['open'])
  holds = undefined
  gate.open()
  await stays.until('lost')
  await say('after the gap')
  await stays.until('after the gap')
  expect(stays.seen.map(wordOf)).toEqual(['open', 'lost', 'after the gap'])
  await stays.leave()
})
