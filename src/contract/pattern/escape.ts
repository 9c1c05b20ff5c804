import type { PatternText } from './pattern-text.js'
import type { CharacterRange, PatternNode } from './tree.js'

export const DIGITS: readonly CharacterRange[] = [[0x30, 0x39]]
export const WORD: readonly CharacterRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]

/** `\d` and its like; in `character-class.ts` they are members of the class around them. */
export const SHORTHANDS: Readonly<Record<string, { negated: boolean; ranges: readonly CharacterRange[] }>> = {
  d: { negated: false, ranges: DIGITS },
  D: { negated: true, ranges: DIGITS },
  w: { negated: false, ranges: WORD },
  W: { negated: true, ranges: WORD },
}

const CONTROLS: Readonly<Record<string, number>> = { t: 0x09, n: 0x0a, f: 0x0c, r: 0x0d }

const REFUSED: Readonly<Record<string, readonly [what: string, next: string]>> = {
  b: ['the word boundary \\b', 'Engines differ on what a word is beyond ASCII. Spell what may be there.'],
  B: ['the word boundary \\B', 'Engines differ on what a word is beyond ASCII. Spell what may be there.'],
  s: ['white space \\s', 'Engines differ on what that is. Write [ \\t\\r\\n\\f], or those you mean.'],
  S: ['white space \\S', 'Engines differ on what that is. Write [^ \\t\\r\\n\\f], or those you mean.'],
  p: [
    'a Unicode property \\p',
    'Engines know different names and versions. Spell the ranges: [A-Za-z\\u00C0-\\u024F].',
  ],
  P: [
    'a Unicode property \\P',
    'Engines know different names and versions. Spell the ranges: [^A-Za-z\\u00C0-\\u024F].',
  ],
  A: ['the anchor \\A', 'The whole text is matched: leave it out.'],
  z: ['the anchor \\z', 'The whole text is matched: leave it out.'],
  Z: ['the anchor \\Z', 'The whole text is matched: leave it out.'],
  G: ['the anchor \\G', 'The whole text is matched: leave it out.'],
  k: ['a back-reference', 'RE2 has none. Make it a rule of your own outside the pattern.'],
  v: ['\\v', 'It is one character in some engines and seven in others. Write \\u000B for the vertical tab.'],
  h: ['\\h', 'Write [ \\t], or those you mean.'],
  R: ['\\R', 'Write (?:\\r\\n|\\n|\\r).'],
  Q: ['the quotation \\Q', 'Escape each sign by itself.'],
  E: ['the quotation \\E', 'Escape each sign by itself.'],
}

/** A `\` and what belongs to it, outside of a class. */
export function parseEscape(text: PatternText): PatternNode {
  const shorthand = SHORTHANDS[text.text[text.offset + 1] ?? '']
  if (shorthand) {
    text.skip(2)
    return { kind: 'class', ...shorthand }
  }
  return { kind: 'character', codePoint: parseEscapedCharacter(text) }
}

/** A `\` that stands for one character, in a class or outside. */
export function parseEscapedCharacter(text: PatternText): number {
  const letter = text.text[text.offset + 1]
  if (letter === undefined) text.refuse('a \\ at the end', 'Write \\\\ for the sign itself.')
  const refused = REFUSED[letter]
  if (refused) text.refuse(...refused)
  if (/[1-9]/.test(letter))
    text.refuse('a back-reference', 'RE2 has none. Make it a rule of your own outside the pattern.')
  const control = CONTROLS[letter]
  if (control !== undefined) {
    text.skip(2)
    return control
  }
  const hex = /^\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\})/.exec(
    text.rest(),
  )
  if (hex) return hexCharacter(text, hex[0], Number.parseInt(hex.slice(1).find(digits => digits !== undefined)!, 16))
  if (/[0-9A-Za-z]/.test(letter) || letter.charCodeAt(0) > 0x7e)
    text.refuse(`the escape \\${letter}`, 'It is none that every engine knows. \\\\ stands for the sign itself.')
  text.skip(2)
  return letter.charCodeAt(0)
}

function hexCharacter(text: PatternText, written: string, first: number): number {
  let codePoint = first
  let length = written.length
  // ECMAScript writes characters beyond the basic plane as two escapes.
  const second = /^\\u(d[c-f][0-9a-f]{2})/i.exec(text.text.slice(text.offset + length))
  if (first >= 0xd800 && first <= 0xdbff && second) {
    codePoint = ((first - 0xd800) << 10) + (Number.parseInt(second[1]!, 16) - 0xdc00) + 0x10000
    length += second[0].length
  }
  if (codePoint > 0x10ffff) text.refuse(`${written} is beyond Unicode`, 'The last character is \\u{10FFFF}.')
  if (codePoint >= 0xd800 && codePoint <= 0xdfff)
    text.refuse('half a character (a lone surrogate)', 'Write it whole: \\u{1F600}.')
  text.skip(length)
  return codePoint
}
