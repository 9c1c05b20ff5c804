export interface ServerEvent {
  readonly event: string
  readonly data: string
  readonly id: string | undefined
}

/**
 * Takes a `text/event-stream` apart, however the network cut it.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventStreamParser {
  /** Milliseconds that the server wants between attempts; undefined as long as it said nothing. */
  retryMs: number | undefined
  lastEventId: string | undefined
  #rest = ''
  #event = ''
  #data: string[] = []
  #first = true

  push(chunk: string): ServerEvent[] {
    let text = this.#rest + chunk
    if (this.#first && text !== '') {
      this.#first = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    // A CR at the end may be half of a CR LF: it waits for what comes.
    const held = text.endsWith('\r') ? '\r' : ''
    const lines = (held === '' ? text : text.slice(0, -1)).split(/\r\n|\n|\r/)
    this.#rest = (lines.pop() ?? '') + held
    return lines.flatMap(line => this.#line(line) ?? [])
  }

  #line(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch()
    const colon = line.indexOf(':')
    if (colon === 0) return undefined // a comment, which keeps the connection open
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') this.#event = value
    else if (field === 'data') this.#data.push(value)
    else if (field === 'id' && !value.includes('\0')) this.lastEventId = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
    return undefined
  }

  #dispatch(): ServerEvent | undefined {
    const [event, data] = [this.#event || 'message', this.#data]
    this.#event = ''
    this.#data = []
    return data.length === 0 ? undefined : { event, data: data.join('\n'), id: this.lastEventId }
  }
}
