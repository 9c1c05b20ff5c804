import { portablePattern } from '../pattern/portable.js'

/** A form that texts may have, within the portable subset of patterns. */
export interface TextPattern {
  /** What it is for people: `a date`. */
  readonly what: string
  readonly pattern: string
  /** The lengths that it can match at all, inclusive. */
  readonly minLength: number
  readonly maxLength: number
  /** Many texts have it without being meant to: more of them have to be seen. */
  readonly generic?: true
}

const HEX = '[0-9a-f]'
const DATE = '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])'
const TIME = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?'

const NUMBER = '-?[0-9]+(?:\\.[0-9]+)?'

const form = (what: string, pattern: string, minLength: number, maxLength: number = minLength): TextPattern => ({
  ...{ what, pattern, minLength, maxLength },
})
const generic = (...args: Parameters<typeof form>): TextPattern => ({ ...form(...args), generic: true })

/** Texts longer than this are prose or payload. */
export const MAX_PATTERN_LENGTH = 2_048

/** The narrowest first: the first that every value matches is suggested. */
export const TEXT_PATTERNS: readonly TextPattern[] = [
  form('a UUID', `${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`, 36),
  form('a UUID', '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}', 36),
  form('a date', DATE, 10),
  form('an instant', `${DATE}T${TIME}(?:Z|[+-][0-9]{2}:?[0-9]{2})`, 17, 35),
  form('a date and time', `${DATE}[T ]${TIME}`, 16, 29),
  form('a month', '[0-9]{4}-(?:0[1-9]|1[0-2])', 7),
  form('a time of day', TIME, 5, 18),
  form(
    'an IPv4 address',
    '(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])',
    7,
    15,
  ),
  form('an e-mail address', '[^@ \\t\\r\\n]+@[^@ \\t\\r\\n]+\\.[^@ \\t\\r\\n.]+', 6, 320),
  form('an address of the web', 'https?://[^ \\t\\r\\n]+', 8, MAX_PATTERN_LENGTH),
  form('a DOI', '10\\.[0-9]{4,9}/[^ \\t\\r\\n]+', 9, 200),
  form('a version', '[0-9]+\\.[0-9]+\\.[0-9]+(?:-[0-9A-Za-z.-]+)?', 5, 40),
  form('a telephone number', '\\+[1-9][0-9]{6,14}', 8, 16),
  form('digits', '[0-9]+', 1, 64),
  form('a number', NUMBER, 1, 64),
  form('numbers joined with ;', `${NUMBER}(?:; ?${NUMBER})+`, 3, 512),
  form('numbers joined with ;', `${NUMBER}(?:; ?${NUMBER})*`, 1, 512),
  form('numbers joined with ,', `${NUMBER}(?:, ?${NUMBER})+`, 3, 512),
  form('hexadecimal digits', '[0-9a-f]+', 8, 128),
  form('hexadecimal digits', '[0-9A-Fa-f]+', 8, 128),
  generic('capitals', '[A-Z]+', 2, 8),
  generic('words in capitals', '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*', 2, 64),
  generic('words joined with -', '[a-z0-9]+(?:-[a-z0-9]+)*', 2, 64),
  generic('an identifier', '[A-Za-z0-9_-]+', 4, 64),
  generic('an identifier', '[A-Za-z0-9_.:/-]+', 4, 128),
]

/** As the engines read them. */
export function portableText({ pattern }: TextPattern): string {
  return portablePattern(pattern)
}

/** Those that texts of these lengths can match. */
export function possiblePatterns(minLength: number, maxLength: number): readonly TextPattern[] {
  return TEXT_PATTERNS.filter(known => known.minLength <= minLength && maxLength <= known.maxLength)
}

/** With all texts of one length, that length is part of the form: `[0-9a-f]+` becomes `[0-9a-f]{40}`. */
export function fixedLength(pattern: string, length: number): string {
  return /^\[[^\]]+\]\+$/.test(pattern) ? `${pattern.slice(0, -1)}{${length}}` : pattern
}
