import { until } from './until.js'

export interface SeenEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: { readonly text?: string; readonly _id?: string }
}

export interface Watching {
  readonly response: Response
  readonly seen: readonly SeenEvent[]
  /** Lines without meaning. */
  readonly beats: () => number
  /** Waits for one of that name, and of that text. */
  event(name: string, text?: string): Promise<SeenEvent>
  /** Waits until the server has ended it. */
  ended(): Promise<void>
  leave(): Promise<void>
}

/** A reader of `/api/comments/events`, by the standard's rules as far as they are used. */
export async function watchComments(base: string, query = '', headers: Record<string, string> = {}): Promise<Watching> {
  const end = new AbortController()
  const response = await fetch(`${base}/api/comments/events${query}`, { headers, signal: end.signal })
  const seen: SeenEvent[] = []
  let beats = 0
  let closed = false
  const reading = (async () => {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        if (block.startsWith(':')) beats += 1
        const fields = Object.fromEntries(block.split('\n').map(line => line.split(/: (.*)/s).slice(0, 2)))
        if (fields.event) seen.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) })
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      closed = true
    })
  const waitFor = (is: () => boolean, what: string): Promise<void> =>
    until(is, () => `${what}; there were ${JSON.stringify(seen)}`)
  return {
    ...{ response, seen, beats: () => beats },
    event: async (name, text) => {
      const find = () => seen.find(({ event, data }) => event === name && (text === undefined || data.text === text))
      await waitFor(() => find() !== undefined, `${name} ${text ?? ''}`)
      return find()!
    },
    ended: () => waitFor(() => closed, 'the end'),
    leave: async () => {
      end.abort()
      await reading
    },
  }
}
