import type { AlertMessage } from './alert.js'
import { spanText } from './duration.js'
import { redactUris } from './redact-uri.js'

/** What people read of an alert, in words without any markup: each channel escapes them for its own. */
export interface AlertText {
  /** One line: `Critical: papers is stale`, `Resolved after 3h: papers is stale`. */
  readonly headline: string
  /** One line that says it all: the headline, what was promised and what was seen. */
  readonly summary: string
  /** In the order to be read. */
  readonly facts: readonly AlertFact[]
  /** The command or address to look at. */
  readonly look: string
  /** Whether it is an address, `http://` or `https://`. */
  readonly lookIsAddress: boolean
  /** The command that ends the reminders; undefined once the alert is resolved. */
  readonly acknowledge?: string
}

export interface AlertFact {
  readonly label: string
  readonly text: string
}

/** Code points, the ellipsis included: enough for any sentence of ours, and no channel comes near its limit. */
export const LONGEST = { title: 200, phrase: 600, id: 150, affected: 30, affectedTold: 10 } as const

/**
 * Characters that move the cursor, break a line, are not seen, or turn the direction of what follows: a name with one
 * could make a header or an order of its own. The joiner of emoji (U+200D) stays.
 */
const UNSEEN = /[\p{Cc}\s\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu

/** One line of visible text, the secrets of addresses masked, at most so many code points long. */
export function lineOf(text: string, most: number): string {
  const line = redactUris(text)
    .replaceAll(/\p{Surrogate}/gu, '\ufffd')
    .replaceAll(UNSEEN, ' ')
    .trim()
  return cutText(line, most)
}

/** At most so many code points; the last is `…` where something was cut off. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const points = [...text]
  return points.length <= most ? text : `${points.slice(0, most - 1).join('')}…`
}

/** The message with every text in one line and of a bounded length. What machines are sent. */
export function boundedMessage(message: AlertMessage): AlertMessage {
  const { lastedSeconds, runId } = message
  return {
    id: cutText(message.id, LONGEST.id),
    event: message.event,
    alertId: cutText(message.alertId, LONGEST.id),
    kind: message.kind,
    severity: message.severity,
    title: lineOf(message.title, LONGEST.title),
    promised: lineOf(message.promised, LONGEST.phrase),
    seen: lineOf(message.seen, LONGEST.phrase),
    since: cutText(message.since, LONGEST.id),
    at: cutText(message.at, LONGEST.id),
    ...(lastedSeconds === undefined ? {} : { lastedSeconds }),
    affected: message.affected.slice(0, LONGEST.affected).map(id => lineOf(id, LONGEST.id)),
    look: lineOf(message.look, LONGEST.phrase),
    ...(runId === undefined ? {} : { runId: lineOf(runId, LONGEST.id) }),
    lake: lineOf(message.lake, LONGEST.phrase),
  }
}

export function alertText(message: AlertMessage): AlertText {
  const { title, promised, seen, look, lake, runId } = boundedMessage(message)
  const headline = `${leadOf(message)}: ${title}`
  const lookIsAddress = /^https?:\/\//.test(look)
  const acknowledge = `lakeferry alerts ack ${lineOf(message.alertId, LONGEST.id)}`
  const facts = [
    { label: 'Promised', text: promised },
    { label: 'Seen', text: seen },
    { label: 'Since', text: sinceText(message) },
    { label: 'Also affected', text: affectedText(message.affected) },
    { label: 'Run', text: runId ?? '' },
    { label: 'Lake', text: lake },
  ]
  return {
    headline,
    summary: `${headline}. Promised: ${promised}. Seen: ${seen}.`,
    facts: facts.filter(({ text }) => text !== ''),
    look,
    lookIsAddress,
    ...(message.event === 'resolved' ? {} : { acknowledge }),
  }
}

/** The whole of it in lines, for mail and for whatever shows text as it is. */
export function plainAlert(message: AlertMessage): string {
  const { headline, facts, look, acknowledge } = alertText(message)
  const lines = [
    ...facts,
    { label: 'Look at', text: look },
    ...(acknowledge === undefined ? [] : [{ label: 'Acknowledge', text: acknowledge }]),
  ].filter(({ text }) => text !== '')
  return `${headline}\n\n${lines.map(({ label, text }) => `${label}: ${text}`).join('\n')}\n`
}

function leadOf({ event, severity, lastedSeconds }: AlertMessage): string {
  const after = lastedSeconds === undefined ? '' : ` after ${spanText(lastedSeconds)}`
  if (event === 'resolved') return `Resolved${after}`
  const word = severity === 'critical' ? 'critical' : 'warning'
  return event === 'reminded' ? `Still ${word}${after}` : `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}

/** `2026-11-19 02:00:00 UTC (3d 2h)`. */
function sinceText({ since, lastedSeconds }: AlertMessage): string {
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(since)
  const told = time === null ? lineOf(since, LONGEST.id) : `${time[1]} ${time[2]} UTC`
  return lastedSeconds === undefined ? told : `${told} (${spanText(lastedSeconds)})`
}

function affectedText(affected: readonly string[]): string {
  const told = affected.slice(0, LONGEST.affectedTold).map(id => lineOf(id, LONGEST.id))
  const more = affected.length - told.length
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
