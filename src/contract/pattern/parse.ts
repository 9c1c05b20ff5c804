import { parseClass } from './character-class.js'
import { parseEscape } from './escape.js'
import { MAX_REPEAT, PatternText } from './pattern-text.js'
import { PatternError, type PatternNode } from './tree.js'

/**
 * Parses a regular expression of the subset in which RE2 (DuckDB) and java.util.regex (Spark) mean the same:
 * characters, `.`, classes, groups, `|` and greedy or lazy repeats. Everything else is refused by name, with what to
 * write instead, so that no pattern means one thing here and another there.
 *
 * The whole text is matched. `^` and `$` around the pattern are therefore allowed and change nothing; one of them alone
 * is refused, since its author thought of a search.
 *
 * @throws {@link PatternError}
 */
export function parsePattern(pattern: string): PatternNode {
  const text = new PatternText(pattern)
  if (pattern === '')
    throw new PatternError(0, 'the pattern is empty', 'Leave pattern out, or use maxLength: 0 for the empty text.')
  const starts = text.take('^')
  const branches = parseBranches(text, 0)
  const tree = choiceOf(branches)
  const ends = text.take('$')
  if (text.peek() === ')') text.refuse('a ) without its (', 'Write \\) for a bracket in the text.')
  if (text.peek() !== undefined)
    throw new PatternError(
      text.offset - 1,
      '$ in the middle of a pattern',
      'The whole text is matched: leave it out. Write \\$ for a dollar sign.',
    )
  if (starts && branches.length > 1)
    throw new PatternError(
      0,
      '^ and $ belong to one branch of | only',
      'Put the branches in a group: ^(?:a|b)$. The whole text is matched anyway.',
    )
  if (starts !== ends)
    throw new PatternError(
      starts ? 0 : pattern.length - 1,
      `${starts ? '^ without $' : '$ without ^'}, but the whole text is matched`,
      starts ? 'End it with .* to allow anything behind.' : 'Begin it with .* to allow anything before.',
    )
  if (repeats(tree) > MAX_REPEAT)
    throw new PatternError(
      0,
      `repeats within repeats that come to more than ${MAX_REPEAT}`,
      'RE2 stops there. Use minLength and maxLength for lengths.',
    )
  return tree
}

/** How often the innermost part is written out, as RE2 reckons it (`RepetitionWalker`, re2/parse.cc). */
function repeats(node: PatternNode): number {
  switch (node.kind) {
    case 'repeat':
      return Math.max(1, node.max ?? node.min) * repeats(node.part)
    case 'sequence':
      return Math.max(1, ...node.parts.map(repeats))
    case 'choice':
      return Math.max(1, ...node.branches.map(repeats))
    default:
      return 1
  }
}

function parseBranches(text: PatternText, depth: number): readonly PatternNode[] {
  if (depth > 100) text.refuse('groups nested more than 100 deep', 'Make the pattern simpler.')
  const branches = [parseSequence(text, depth)]
  while (text.take('|')) branches.push(parseSequence(text, depth))
  return branches
}

function choiceOf(branches: readonly PatternNode[]): PatternNode {
  return branches.length === 1 ? branches[0]! : { kind: 'choice', branches }
}

function parseSequence(text: PatternText, depth: number): PatternNode {
  const parts: PatternNode[] = []
  for (let next = text.peek(); next !== undefined && next !== '|' && next !== ')'; next = text.peek()) {
    // Only the end of everything may be anchored: parsePattern looks at what is left.
    if (next === '$') {
      if (depth === 0) break
      text.refuse('$ within a group', 'The whole text is matched: leave it out. Write \\$ for a dollar sign.')
    }
    parts.push(parseRepeat(text, parseAtom(text, depth)))
  }
  return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts }
}

function parseAtom(text: PatternText, depth: number): PatternNode {
  const next = text.peek()
  switch (next) {
    case '(':
      return parseGroup(text, depth)
    case '[':
      return parseClass(text)
    case '\\':
      return parseEscape(text)
    case '.':
      text.skip()
      return { kind: 'any' }
    case '^':
      return text.refuse(
        '^ in the middle of a pattern',
        'The whole text is matched: leave it out. Write \\^ for the sign.',
      )
    case '*':
    case '+':
    case '?':
      return text.refuse(`nothing before ${next} to repeat`, `Write \\${next} for the sign itself.`)
    case '{':
      return text.refuse('a bare {', 'Engines differ on it. Write \\{ for a bracket in the text.')
    default:
      return { kind: 'character', codePoint: text.codePoint() }
  }
}

const GROUPS: readonly (readonly [start: string, what: string, next: string])[] = [
  ['(?=', 'look-ahead', 'Say what the text may be in place of what follows, or make two rules of it.'],
  ['(?!', 'look-ahead', 'Say what the text may be in place of what may not follow.'],
  ['(?<=', 'look-behind', 'Say what the text may be in place of what is before it.'],
  ['(?<!', 'look-behind', 'Say what the text may be in place of what may not be before it.'],
  ['(?>', 'an atomic group', 'Write (?: in its place.'],
  ['(?P', 'a named group', 'Names are of no use here: write (?: in its place.'],
  ['(?<', 'a named group', 'Names are of no use here: write (?: in its place.'],
  ['(?#', 'a comment', 'Leave it out; a comment after # in the YAML does the same.'],
]

function parseGroup(text: PatternText, depth: number): PatternNode {
  for (const [start, what, next] of GROUPS) if (text.startsWith(start)) text.refuse(what, next)
  if (text.startsWith('(?') && !text.startsWith('(?:'))
    text.refuse(
      'flags such as (?i)',
      'Engines differ on them beyond ASCII. Spell both cases: [Aa], or [A-Za-z] for a letter.',
    )
  const opened = text.offset
  text.skip(text.startsWith('(?:') ? 3 : 1)
  const tree = choiceOf(parseBranches(text, depth + 1))
  if (!text.take(')'))
    throw new PatternError(opened, 'a ( without its )', 'Close it, or write \\( for a bracket in the text.')
  return tree
}

function parseRepeat(text: PatternText, part: PatternNode): PatternNode {
  const at = text.offset
  const [min, max] = text.take('*') ? [0] : text.take('+') ? [1] : text.take('?') ? [0, 1] : parseCount(text)
  if (min === undefined) return part
  if (text.peek() === '+') text.refuse('a possessive repeat', 'Leave the second + out.')
  // Lazy or greedy is the same question when the whole text has to match.
  text.take('?')
  const next = text.peek()
  if (next === '*' || next === '+' || next === '?' || next === '{')
    throw new PatternError(at, 'a repeat of a repeat', 'Put a group around the first: (?:a*){2}.')
  return { kind: 'repeat', part, min, max }
}

function parseCount(text: PatternText): readonly [] | readonly [min: number, max?: number] {
  if (text.peek() !== '{') return []
  const found = /^\{(\d+)(?:(,)(\d*))?\}/.exec(text.rest())
  if (!found) text.refuse('a { that is no repeat', 'Write {2}, {2,} or {2,5}; or \\{ for a bracket in the text.')
  const min = Number(found[1])
  const max = found[2] === undefined ? min : found[3] === '' ? undefined : Number(found[3])
  if (Math.max(min, max ?? 0) > MAX_REPEAT)
    text.refuse(`more than ${MAX_REPEAT} repeats`, 'RE2 stops there. Use minLength and maxLength for lengths.')
  if (max !== undefined && max < min)
    text.refuse(`at least ${min} and at most ${max} repeats`, `Write {${max},${min}}.`)
  text.skip(found[0].length)
  return max === undefined ? [min] : [min, max]
}
