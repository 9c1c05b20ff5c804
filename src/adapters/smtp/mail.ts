import { createHash } from 'node:crypto'
import type { AlertMessage } from '../../model/alert.js'
import { alertText, plainAlert } from '../../model/alert-text.js'

/** A message as a mail; `nodemailer` encodes it. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** `<…>`, the same for the same message: a mailbox keeps one of two. */
  readonly messageId: string
  /** Of the alert's opening, so that its reminders and its resolution stand below it. */
  readonly references?: string
  readonly inReplyTo?: string
  readonly headers: Readonly<Record<string, string>>
  readonly priority: 'high' | 'normal'
}

/** @param domain - of the sender, for the ids */
export function mailOf(message: AlertMessage, domain: string): Mail {
  const { headline } = alertText(message)
  const opening = messageId('alert', message.alertId, message.lake, domain)
  const isOpening = message.event === 'opened'
  return {
    // Angle brackets and the like mean nothing in a subject, and line breaks are gone already.
    subject: `[lakeferry] ${headline}`,
    text: plainAlert(message),
    html: htmlOf(message),
    messageId: isOpening ? opening : messageId('message', message.id, message.lake, domain),
    ...(isOpening ? {} : { references: opening, inReplyTo: opening }),
    headers: {
      // RFC 3834: so that no holiday responder answers.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Lakeferry-Event': message.event,
      'X-Lakeferry-Severity': message.severity,
    },
    priority: message.event !== 'resolved' && message.severity === 'critical' ? 'high' : 'normal',
  }
}

/**
 * To those who have a mail, about those who could not have it.
 *
 * @param refused - addresses that the server would not take
 */
export function noticeOf(mail: Mail, refused: readonly string[], server: string): Mail {
  const text = `${server} did not take the mail before this one for ${refused.join(', ')}. Correct or remove that address in alerts: of lakeferry.yaml.\n`
  return {
    subject: '[lakeferry] Some addresses of an alert are refused',
    text,
    html: `<!doctype html><html><body style="font-family:sans-serif"><p>${escapeHtml(text.trim())}</p></body></html>`,
    messageId: mail.messageId.replace('<', '<notice.'),
    references: mail.messageId,
    inReplyTo: mail.messageId,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    priority: 'normal',
  }
}

/** RFC 5322, 3.6.4. An id is an id in one lake only, so the lake is part of it. */
function messageId(what: string, id: string, lake: string, domain: string): string {
  const safe = /^[\w-]{1,100}$/.test(id) ? id : hash(id).slice(0, 32)
  return `<${what}.${safe}.${hash(lake).slice(0, 12)}@${domain}>`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** One table, styles in place: mail programs know little else. */
function htmlOf(message: AlertMessage): string {
  const { headline, facts, look, lookIsAddress, acknowledge } = alertText(message)
  const place = lookIsAddress ? `<a href="${escapeHtml(look)}">${escapeHtml(look)}</a>` : code(look)
  const rows = [
    ...facts.map(({ label, text }) => row(label, escapeHtml(text))),
    ...(look === '' ? [] : [row('Look at', place)]),
    ...(acknowledge === undefined ? [] : [row('Acknowledge', code(acknowledge))]),
  ]
  return [
    '<!doctype html><html><body style="font-family:sans-serif">',
    `<h2 style="border-left:6px solid ${colourOf(message)};padding-left:10px">${escapeHtml(headline)}</h2>`,
    `<table cellpadding="4">${rows.join('')}</table>`,
    '</body></html>',
  ].join('\n')
}

function row(label: string, html: string): string {
  return `<tr><th align="left" valign="top">${label}</th><td>${html}</td></tr>\n`
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function colourOf({ event, severity }: AlertMessage): string {
  if (event === 'resolved') return '#2e7d32'
  return severity === 'critical' ? '#c62828' : '#ef6c00'
}
