import { parsePattern } from './parse.js'
import type { CharacterRange, PatternNode } from './tree.js'

/**
 * The pattern as RE2 and java.util.regex both read it: to be searched for, it matches whole texts only.
 *
 * `^(?:…)\z` and not `…$`, because Java's `$` also matches before a line feed at the end; `[^\n]` and not `.`, because
 * Java's `.` stops at five more characters; classes spelled out, because their short forms differ.
 *
 * @throws PatternError for what is outside the portable subset
 */
export function portablePattern(pattern: string): string {
  return `^(?:${write(parsePattern(pattern))})\\z`
}

function write(node: PatternNode): string {
  switch (node.kind) {
    case 'character':
      return character(node.codePoint)
    case 'any':
      return '[^\\n]'
    case 'class':
      return `[${node.negated ? '^' : ''}${node.ranges.map(range).join('')}]`
    case 'sequence':
      return node.parts.map(part => (part.kind === 'choice' ? group(part) : write(part))).join('')
    case 'choice':
      return node.branches.map(write).join('|')
    case 'repeat':
      return `${group(node.part)}${count(node.min, node.max)}`
  }
}

function group(node: PatternNode): string {
  const single = node.kind === 'character' || node.kind === 'any' || node.kind === 'class'
  return single ? write(node) : `(?:${write(node)})`
}

function count(min: number, max: number | undefined): string {
  if (max === undefined) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function range([from, until]: CharacterRange): string {
  return from === until ? character(from) : `${character(from)}-${character(until)}`
}

const CONTROLS: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' }

/** Letters, digits and the blank as they are; everything else escaped or by number, which no engine takes for syntax. */
function character(codePoint: number): string {
  const text = String.fromCodePoint(codePoint)
  const control = CONTROLS[text]
  if (control !== undefined) return control
  if (/[0-9A-Za-z _/:;,@=<>"'%~`!#]/.test(text)) return text
  return codePoint > 0x20 && codePoint < 0x7f ? `\\${text}` : `\\x{${codePoint.toString(16).toUpperCase()}}`
}
