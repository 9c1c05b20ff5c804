import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { reasonOf } from '../../errors.js'
import { redactUri } from '../../model/redact-uri.js'
import type { Span } from '../../model/span.js'
import type { SpanExporter } from '../../ports/span-exporter.js'

export interface OtlpOptions {
  /** The whole address, `/v1/traces` included. */
  readonly url: string
  readonly version: string
  /** Longest that an export takes, its retries included, in milliseconds. @defaultValue {@link EXPORT_MS} */
  readonly timeoutMs?: number
}

/** Longest that a receiver may keep a command waiting at its end, in milliseconds. */
export const EXPORT_MS = 5_000

/**
 * A receiver of OTLP over HTTP, in JSON (https://opentelemetry.io/docs/specs/otlp/#otlphttp). Headers, certificates and
 * compression come from the variables of OpenTelemetry (`OTEL_EXPORTER_OTLP_HEADERS` …), which the SDK reads itself; so do
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
 */
export function openOtlp({ url, version, timeoutMs = EXPORT_MS }: OtlpOptions): SpanExporter {
  const own = resourceFromAttributes({ 'service.name': 'lakeferry', 'service.version': version })
  const resource = own.merge(detectResources({ detectors: [envDetector] }))
  const scope = { name: 'lakeferry', version }

  const readable = (span: Span): ReadableSpan => {
    const { traceId, spanId, parentSpanId, name, error } = span
    const [startTime, endTime] = [hrTime(span.startedAt), hrTime(span.endedAt)]
    const context = (id: string) => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED })
    return {
      name,
      kind: SpanKind.INTERNAL,
      spanContext: () => context(spanId),
      ...(parentSpanId === undefined ? {} : { parentSpanContext: context(parentSpanId) }),
      startTime,
      endTime,
      duration: hrTime(new Date(Date.parse(span.endedAt) - Date.parse(span.startedAt)).toISOString()),
      ended: true,
      status: error === undefined ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
      attributes: { ...span.attributes },
      links: [],
      events: [],
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    }
  }

  return {
    async export(spans) {
      const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutMs })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      })
      const sent = new Promise<void>((resolve, reject) => {
        // Code 0 is success, 1 failure; the enumeration is in a package of the SDK that is not ours to import.
        exporter.export(spans.map(readable), ({ code, error }) =>
          code === 0 ? resolve() : reject(error ?? new Error('it was refused')),
        )
      })
      try {
        await Promise.race([sent, late])
      } catch (error) {
        throw new Error(`${redactUri(url)} did not take it: ${reasonOf(error)}`, { cause: error })
      } finally {
        clearTimeout(timer)
        sent.catch(() => undefined)
        void exporter.shutdown().catch(() => undefined)
      }
    },
  }
}

/** Seconds and nanoseconds, as OpenTelemetry has them. */
function hrTime(instant: string): HrTime {
  const ms = Date.parse(instant)
  return [Math.floor(ms / 1000), (((ms % 1000) + 1000) % 1000) * 1_000_000]
}
