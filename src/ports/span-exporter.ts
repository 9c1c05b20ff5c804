import type { Span } from '../model/span.js'

/** A receiver of traces. */
export interface SpanExporter {
  /**
   * Resolves when the receiver has taken them. Within a few seconds, which the adapter states, it does or it rejects, with a
   * message that names the receiver and none of its secrets.
   */
  export(spans: readonly Span[]): Promise<void>
}
