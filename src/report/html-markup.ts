import { createHash } from 'node:crypto'
import { visibleText } from './visible-text.js'

/** HTML that is safe to put into a page as it is. Made by {@link html} only, so that forgetting to escape cannot happen. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | undefined | false | readonly Content[]

/**
 * A template of HTML: what is written in the template is markup, what is put into it is text and gets escaped. Lists
 * are joined; undefined and false give nothing. Attribute values must be quoted in the template.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings.map((string, index) => string + (index < values.length ? render(values[index]) : '')).join(''),
  )
}

function render(content: Content): string {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'string' || typeof content === 'number') return escapeHtml(String(content))
  return content.map(render).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe both as text and within a quoted attribute. */
export function escapeHtml(text: string): string {
  return visibleText(text, Number.POSITIVE_INFINITY).replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}

/** How a content security policy names a style or script that stands in the page itself. */
export function policyHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
