import type { AlertMessage } from '../../model/alert.js'
import { alertText, cutText } from '../../model/alert-text.js'

/** Slack's own bounds, in characters (docs.slack.dev, "Block Kit", header and section block). */
const HEADER_MOST = 150
const SECTION_MOST = 3_000
/** Of one fact, escaped, so that all of them together stay below a section's bound. */
const FACT_MOST = 380

/** The body of an incoming webhook: blocks for those who look, a text for notifications and for readers without blocks. */
export interface SlackMessage {
  readonly text: string
  readonly blocks: readonly SlackBlock[]
}

export type SlackBlock =
  | {
      readonly type: 'header'
      readonly text: { readonly type: 'plain_text'; readonly text: string; readonly emoji: false }
    }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }

/** `verbatim`: Slack makes no links and no mentions of what looks like one. */
interface Mrkdwn {
  readonly type: 'mrkdwn'
  readonly text: string
  readonly verbatim: true
}

export function slackMessage(message: AlertMessage): SlackMessage {
  const { headline, summary, facts, look, lookIsAddress, acknowledge } = alertText(message)
  const lines = facts.map(({ label, text }) => `*${label}:* ${fitted(text, FACT_MOST)}`)
  const steps = [
    ...(look === '' ? [] : [`Look at ${lookIsAddress ? link(look) : code(look)}`]),
    ...(acknowledge === undefined ? [] : [`Acknowledge: ${code(acknowledge)}`]),
  ]
  return {
    text: fitted(`${signOf(message)} ${summary}`, SECTION_MOST),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cutText(`${signOf(message)} ${headline}`, HEADER_MOST), emoji: false },
      },
      { type: 'section', text: mrkdwn(lines.join('\n')) },
      ...(steps.length === 0 ? [] : [{ type: 'context' as const, elements: steps.map(mrkdwn) }]),
    ],
  }
}

/** The three characters that mean something to Slack: `<!channel>` and `<@U123>` are orders, `&lt;!channel&gt;` is text. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Escaped, and cut where it is longer than that: never within an escape. */
function fitted(text: string, most: number): string {
  let length = [...text].length
  let escaped = escapeMrkdwn(text)
  while (escaped.length > most) {
    length = Math.min(length - 1, Math.floor((length * most) / escaped.length))
    escaped = escapeMrkdwn(cutText(text, length))
  }
  return escaped
}

function code(text: string): string {
  // A backtick would end it, and what follows would be marked up.
  return `\`${fitted(text.replaceAll('`', '′'), FACT_MOST)}\``
}

/** Within `<…>` a `|` or `>` would end the address. One that is too long to be whole is told as text. */
function link(address: string): string {
  const url = address.replaceAll('|', '%7C').replaceAll(' ', '%20')
  const escaped = escapeMrkdwn(url)
  return escaped.length > SECTION_MOST / 2 || address.endsWith('…') ? fitted(address, FACT_MOST) : `<${escaped}>`
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true }
}

function signOf({ event, severity }: AlertMessage): string {
  if (event === 'resolved') return '✅'
  return severity === 'critical' ? '🔴' : '🟠'
}
