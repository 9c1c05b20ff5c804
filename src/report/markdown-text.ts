import { MAX_SHOWN, visibleText } from './visible-text.js'

/** One row of a table, of cells that are Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** What starts or ends something in Markdown or HTML, a link, a mention, an emoji or a formula; `www.` is a link too. */
const MARKUP = /[&<>|`~*_\\[\]#@$]|:(?=\S)|(?<=www)\./gi

/** Numbered entities come out as the characters they stand for, and never as markup. */
function escapeMarkdown(text: string): string {
  return text.replace(MARKUP, character => `&#${character.codePointAt(0)};`)
}

/** Running text. A zero-width space after `@` keeps a chat from calling somebody. @param limit - code points to keep */
export function prose(text: string, limit: number = MAX_SHOWN): string {
  return escapeMarkdown(visibleText(text, limit)).replaceAll('&#64;', '&#64;&#8203;')
}

/**
 * Monospaced text. Not between backticks: within a table they still leave `|` and backslashes to be told apart,
 * and each renderer does that in its own way.
 */
export function code(text: string): string {
  return `<code>${escapeMarkdown(visibleText(text))}</code>`
}
