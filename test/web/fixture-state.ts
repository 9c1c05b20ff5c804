import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import type { Comment } from '../../src/http/papers.js'
import type { CurrentRunView } from '../../src/http/pipeline-current.js'
import type { HttpProblem } from '../../src/server/problems.js'

/** What was done on the pages over the fixtures. */
export interface State {
  readonly comments: Comment[]
  current: CurrentRunView | null
  readonly acknowledged: Map<string, { readonly by: string; readonly note: string | null; readonly at: string }>
  readonly watchers: Map<string, Set<FastifyReply>>
  /** Of the run under way: called, it goes on. */
  readonly steps: (() => void)[]
  token: string | undefined
  problem: HttpProblem | undefined
}

export function tell({ watchers }: State, stream: string, event: string, data: unknown): void {
  for (const reply of watchers.get(stream) ?? []) reply.raw.write(eventText(event, data))
}

export function eventText(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

export function watch(state: State, stream: string, reply: FastifyReply): void {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  reply.raw.write('retry: 200\n\n')
  const watchers = state.watchers.get(stream) ?? new Set()
  state.watchers.set(stream, watchers.add(reply))
  void once(reply.raw, 'close').then(() => watchers.delete(reply))
}
