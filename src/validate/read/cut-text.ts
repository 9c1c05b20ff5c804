/** The text, or its first `most` code points and `…`. */
export function cutText(text: string, most: number): string {
  // A code point is one or two units, so this much is short enough for certain.
  if (text.length <= most) return text
  let end = 0
  for (let kept = 0; kept < most && end < text.length; kept += 1) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return end < text.length ? `${text.slice(0, end)}…` : text
}
