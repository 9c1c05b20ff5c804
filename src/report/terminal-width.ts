/**
 * Columns that text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for marks that combine. An
 * approximation of Unicode's UAX #11 that errs by a column now and then, which a cut line can bear.
 */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const NARROW = /\p{Mn}|\p{Me}|[\u200b-\u200f]/u

function columns(character: string): number {
  if (NARROW.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columns(character)
  return width
}

/** Text of `width` columns at most; ends in `…` when some was cut. */
export function cutToWidth(text: string, width: number): string {
  let used = 0
  let kept = ''
  for (const character of text) {
    const wanted = columns(character)
    if (used + wanted > width - 1) return widthOf(text.slice(kept.length)) + used <= width ? text : `${kept}…`
    kept += character
    used += wanted
  }
  return kept
}

/** Text of exactly `width` columns: cut, or filled with spaces. */
export function padToWidth(text: string, width: number): string {
  const cut = cutToWidth(text, width)
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)))
}
