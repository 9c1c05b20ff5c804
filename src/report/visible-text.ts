/**
 * Characters that a reader cannot see or that change how the text around them is read: controls, overrides of the
 * writing direction, invisible separators, lone surrogates and code points that are no characters. U+200C and U+200D
 * are left alone: Persian and emoji need them.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Longest piece of a document shown in a report, in code points. Violations are cut to less; ids are not. */
export const MAX_SHOWN = 240

/**
 * Text from documents or contracts made fit to be shown: what cannot be seen is spelled as a JSON escape
 * (`\u202e`), and what is too long is cut with `…`. Escaping for HTML, XML or Markdown comes after this.
 *
 * @param limit - code points to keep; Infinity keeps all
 */
export function visibleText(text: string, limit: number = MAX_SHOWN): string {
  return cutText(text, limit).replace(UNSEEN, spellOut)
}

/** Cuts between code points, never within one. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  // No more than 2 code units a code point: a 16 MB text is not walked to its end.
  const points = Array.from(text.slice(0, limit * 2 + 1))
  return points.length <= limit ? text : `${points.slice(0, limit).join('')}…`
}

function spellOut(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}
