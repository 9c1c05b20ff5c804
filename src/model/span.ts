export type SpanAttribute = string | number | boolean

/** One step of a trace: what took how long, and how it ended. */
export interface Span {
  /** 32 hex digits, the same in all spans of one trace. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** Absent in the root. */
  readonly parentSpanId?: string
  readonly name: string
  /** RFC 3339, UTC. */
  readonly startedAt: string
  readonly endedAt: string
  readonly attributes: Readonly<Record<string, SpanAttribute>>
  /** Why it failed; absent when it did not. */
  readonly error?: string
}
