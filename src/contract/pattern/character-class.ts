import { parseEscapedCharacter, SHORTHANDS } from './escape.js'
import type { PatternText } from './pattern-text.js'
import { type CharacterRange, PatternError, type PatternNode } from './tree.js'

/** `[…]`. Signs that any engine gives a meaning within a class have to be escaped, so that nobody has to know which. */
export function parseClass(text: PatternText): PatternNode {
  const opened = text.offset
  text.skip()
  const negated = text.take('^')
  const ranges: CharacterRange[] = []
  while (!text.take(']')) {
    if (text.peek() === undefined)
      throw new PatternError(opened, 'a [ without its ]', 'Close it, or write \\[ for a bracket in the text.')
    const shorthand = text.peek() === '\\' ? SHORTHANDS[text.text[text.offset + 1] ?? ''] : undefined
    if (shorthand) {
      if (shorthand.negated) text.refuse('\\D or \\W within a class', 'Spell the ranges: [^0-9], [^0-9A-Za-z_].')
      text.skip(2)
      if (text.peek() === '-' && text.text[text.offset + 1] !== ']')
        text.refuse('a range that begins with \\d or \\w', 'Write \\- for the sign itself.')
      ranges.push(...shorthand.ranges)
    } else ranges.push(parseRange(text))
  }
  if (ranges.length === 0)
    throw new PatternError(
      opened,
      'an empty class',
      'Write \\] for a bracket in the class, or (?:.|\\n) for any character.',
    )
  return { kind: 'class', negated, ranges }
}

function parseRange(text: PatternText): CharacterRange {
  const at = text.offset
  const from = parseMember(text)
  // A - before the ] stands for itself everywhere.
  if (text.peek() !== '-' || text.text[text.offset + 1] === ']') return [from, from]
  text.skip()
  if (text.peek() === '\\' && SHORTHANDS[text.text[text.offset + 1] ?? ''])
    text.refuse('a range that ends with \\d or \\w', 'Write \\- for the sign itself.')
  const until = parseMember(text)
  if (until < from) throw new PatternError(at, 'a range that runs backwards', 'Put the lower character first.')
  return [from, until]
}

function parseMember(text: PatternText): number {
  if (text.startsWith('[:')) text.refuse('a POSIX class such as [:alpha:]', 'Spell the ranges: [A-Za-z].')
  if (text.peek() === '[') text.refuse('a bare [ within a class', 'Java reads a class in a class there. Write \\[.')
  if (text.startsWith('&&'))
    text.refuse('&& within a class', 'Java reads an intersection there. Write \\& for the sign.')
  return text.peek() === '\\' ? parseEscapedCharacter(text) : text.codePoint()
}
