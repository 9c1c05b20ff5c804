import type { AlertMessage } from '../model/alert.js'
import { manifestBytes } from '../model/manifest.js'
import { redactUris } from '../model/redact-uri.js'
import type { RunEvent } from '../model/run-event.js'

/**
 * The log: one JSON object a line, for programs that read logs (docs/observability.md lists the events). Names and members
 * are a contract: metric filters of the infrastructure read them.
 */
export type LogLevel = 'info' | 'warn' | 'error'

type LogValue = string | number | boolean | null | readonly string[]

/** What the log has beside the way of a run: the life of alerts, slots of the schedule, channels that fail. */
export type LogEventName =
  | RunEvent['event']
  | `alert.${AlertMessage['event']}`
  | 'slot.started'
  | 'slot.finished'
  | 'slot.missed'
  | 'channel.failed'

/** One event, before it is text. Members that are undefined are left out. */
export interface LogFact {
  readonly event: LogEventName
  /** RFC 3339, UTC. */
  readonly at: string
  /** @defaultValue {@link levelOf} the event */
  readonly level?: LogLevel
  readonly runId?: string | null | undefined
  readonly dataset?: string | undefined
  /** The event's own: documents, bytes, seconds, gate, code, message. Never objects, so that every log service can index them. */
  readonly facts?: Readonly<Record<string, LogValue | undefined>>
}

/**
 * The line, without its line feed: `time`, `level`, `event`, then `runId` and `dataset` where there are any, then the facts
 * in the order given. Secrets in addresses are masked in every text.
 */
export function logEvent({ event, at, level = levelOf(event), runId, dataset, facts = {} }: LogFact): string {
  return JSON.stringify({ time: at, level, event, runId, dataset, ...facts }, (_, value: unknown) =>
    typeof value === 'string' ? redactUris(value) : value,
  )
}

const NOT_INFO: Partial<Record<LogEventName, LogLevel>> = {
  'run.failed': 'error',
  'alert.opened': 'warn',
  'alert.reminded': 'warn',
  'slot.missed': 'warn',
  'channel.failed': 'warn',
}

/** Of an event that does not say otherwise. */
export function levelOf(event: LogEventName): LogLevel {
  return NOT_INFO[event] ?? 'info'
}

/** @param seconds - since the step began, or the run for `run.finished` and `run.failed`; whoever follows the events knows */
export function runFact(event: RunEvent, seconds?: number): LogFact {
  const { at, dataset, runId, slot } = event
  const about = { event: event.event, at, dataset, runId: runId ?? null }
  const more = slot === undefined ? {} : { set: slot.set, slot: slot.at }
  const facts = { ...factsOf(event), seconds, ...more }
  const level = runLevel(event)
  return { ...about, facts, ...(level === undefined ? {} : { level }) }
}

/** An alert that was told, or would have been where nobody is to be told. */
export function alertFact({ event, at, runId, ...message }: AlertMessage): LogFact {
  const { alertId, kind, severity, title, promised, seen, since, lastedSeconds, affected, look, lake } = message
  const facts = { alertId, kind, severity, title, promised, seen, since, seconds: lastedSeconds, affected, look, lake }
  const level = event !== 'resolved' && severity === 'critical' ? { level: 'error' as const } : {}
  return { event: `alert.${event}`, at, runId, facts, ...level }
}

function factsOf(event: RunEvent): NonNullable<LogFact['facts']> {
  switch (event.event) {
    case 'export.started':
      return { collection: event.collection }
    case 'export.committed': {
      const { documents, parts, rejects, guarantee } = event.manifest
      const bytes = manifestBytes(event.manifest)
      return {
        ...{ documents, bytes, parts: parts.length, rejects: rejects.documents },
        ...{ guarantee: guarantee.kind, resumed: event.resumed },
      }
    }
    case 'validation.started':
      return { engine: event.engine, documents: event.manifest.documents }
    case 'validation.finished': {
      const { engine, gate, violated, reports } = event
      return { engine, gate: gate.outcome, violated, reasons: gate.reasons.map(({ reason }) => reason), reports }
    }
    case 'run.finished':
      return { gate: event.gate?.outcome ?? null, documents: event.manifest.documents }
    case 'run.failed': {
      const { step, code, message, hint, interrupted } = event
      return { step, code, message, hint, interrupted }
    }
  }
}

function runLevel(event: RunEvent): LogLevel | undefined {
  // Who stops something knows about it.
  if (event.event === 'run.failed') return event.interrupted ? 'warn' : 'error'
  const gate = event.event === 'validation.finished' || event.event === 'run.finished' ? event.gate : undefined
  return gate === undefined || gate.outcome === 'good' ? undefined : 'warn'
}
