import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { parsePattern } from '../../../src/contract/pattern/parse.js'
import { portablePattern } from '../../../src/contract/pattern/portable.js'
import { PatternError } from '../../../src/contract/pattern/tree.js'

function problemOf(pattern: string): string {
  try {
    parsePattern(pattern)
  } catch (error) {
    if (error instanceof PatternError) return `${error.offset}: ${error.message}`
    throw error
  }
  return 'none'
}

describe('refuses what engines read differently', () => {
  it.each([
    ['', '0: the pattern is empty'],
    ['a(?=b)', '1: look-ahead'],
    ['a(?!b)', '1: look-ahead'],
    ['(?<=a)b', '0: look-behind'],
    ['(?<!a)b', '0: look-behind'],
    ['(?>a)', '0: an atomic group'],
    ['(?<name>a)', '0: a named group'],
    ['(?P<name>a)', '0: a named group'],
    ['(?i)a', '0: flags such as (?i)'],
    ['(?s:a)', '0: flags such as (?i)'],
    ['(a)\\1', '3: a back-reference'],
    ['\\k<a>', '0: a back-reference'],
    ['a\\b', '1: the word boundary \\b'],
    ['\\s', '0: white space \\s'],
    ['[\\s]', '1: white space \\s'],
    ['\\p{L}', '0: a Unicode property \\p'],
    ['\\Aa', '0: the anchor \\A'],
    ['a\\Z', '1: the anchor \\Z'],
    ['\\v', '0: \\v'],
    ['\\h', '0: \\h'],
    ['\\R', '0: \\R'],
    ['\\Qa\\E', '0: the quotation \\Q'],
    ['\\q', '0: the escape \\q'],
    ['\\0', '0: the escape \\0'],
    ['a\\', '1: a \\ at the end'],
    ['[[:alpha:]]', '1: a POSIX class such as [:alpha:]'],
    ['[a[b]]', '2: a bare [ within a class'],
    ['[a&&b]', '2: && within a class'],
    ['[]a]', '0: an empty class'],
    ['[^]', '0: an empty class'],
    ['[a', '0: a [ without its ]'],
    ['[z-a]', '1: a range that runs backwards'],
    ['[\\d-z]', '3: a range that begins with \\d or \\w'],
    ['[a-\\d]', '3: a range that ends with \\d or \\w'],
    ['[\\D]', '1: \\D or \\W within a class'],
    ['(a', '0: a ( without its )'],
    ['a)', '1: a ) without its ('],
    ['{', '0: a bare {'],
    ['a{', '1: a { that is no repeat'],
    ['a{,2}', '1: a { that is no repeat'],
    ['a{3,2}', '1: at least 3 and at most 2 repeats'],
    ['a{1001}', '1: more than 1000 repeats'],
    ['(?:a{100}){100}', '0: repeats within repeats that come to more than 1000'],
    ['*a', '0: nothing before * to repeat'],
    ['a**', '1: a repeat of a repeat'],
    ['a++', '2: a possessive repeat'],
    ['^a', '0: ^ without $, but the whole text is matched'],
    ['a$', '1: $ without ^, but the whole text is matched'],
    ['^a|b$', '0: ^ and $ belong to one branch of | only'],
    ['a^b', '1: ^ in the middle of a pattern'],
    ['a$b', '1: $ in the middle of a pattern'],
    ['(^a)', '1: ^ in the middle of a pattern'],
    ['(a$)', '2: $ within a group'],
    ['\\ud800', '0: half a character (a lone surrogate)'],
    ['\\u{110000}', '0: \\u{110000} is beyond Unicode'],
    [`${'('.repeat(102)}a`, '101: groups nested more than 100 deep'],
  ])('%s', (pattern, problem) => {
    expect(problemOf(pattern)).toBe(problem)
  })
})

describe('says how to write what is refused', () => {
  // Each with texts that the portable form matches, and ones that it does not.
  it.each([
    ['\\s', '[ \\t\\r\\n\\f]', [' ', '\n'], ['\u000b', '\u00a0']],
    ['\\S', '[^ \\t\\r\\n\\f]', ['a', '\u00a0'], [' ', '\n']],
    ['[[:alpha:]]', '[A-Za-z]', ['a'], ['é', ':']],
    ['\\p{L}', '[A-Za-z\\u00C0-\\u024F]', ['é'], ['1']],
    ['\\v', '\\u000B', ['\u000b'], ['\n']],
    ['\\h', '[ \\t]', ['\t'], ['\u00a0']],
    ['\\R', '(?:\\r\\n|\\n|\\r)', ['\r\n', '\n'], ['\n\r', '\u0085']],
    ['[a&&b]', '[a\\&b]', ['&', 'a'], ['ab']],
    ['[a[b]]', '[a\\[b]', ['[', 'b'], [']']],
    ['{', '\\{', ['{'], ['}']],
    ['a{,2}', 'a{0,2}', ['', 'aa'], ['aaa']],
    ['(?i)a', '[Aa]', ['A'], ['b']],
    ['(?>a)', '(?:a)', ['a'], ['']],
    ['(?<name>a)', '(?:a)', ['a'], ['']],
    ['a++', 'a+', ['aa'], ['']],
    ['[^]', '(?:.|\\n)', ['\n', '\u2028'], ['']],
    ['[]a]', '[\\]a]', [']'], ['']],
    ['^a|b$', '^(?:a|b)$', ['b'], ['ab']],
    ['^a', '^a.*$', ['abc'], ['ba']],
    ['(?:a{100}){100}', '(?:a{10}){100}', ['a'.repeat(1000)], ['a']],
  ])('%s as %s', (refused, portable, matching, others) => {
    expect(problemOf(refused)).not.toBe('none')
    const compiled = RE2JS.compile(portablePattern(portable))
    for (const text of matching) expect([text, compiled.matcher(text).find()]).toEqual([text, true])
    for (const text of others) expect([text, compiled.matcher(text).find()]).toEqual([text, false])
  })
})

describe('writes what every engine reads alike', () => {
  it.each([
    ['abc', '^(?:abc)\\z'],
    ['^abc$', '^(?:abc)\\z'],
    ['a|b', '^(?:a|b)\\z'],
    ['a(b|c)d', '^(?:a(?:b|c)d)\\z'],
    ['(?:ab)*?', '^(?:(?:ab)*)\\z'],
    ['a{2}b{2,}c{0,1}d{1,}', '^(?:a{2}b{2,}c?d+)\\z'],
    ['.', '^(?:[^\\n])\\z'],
    ['\\d\\W', '^(?:[0-9][^0-9A-Z_a-z])\\z'],
    ['[\\w.-]', '^(?:[0-9A-Z_a-z\\.\\-])\\z'],
    ['[^a-c]', '^(?:[^a-c])\\z'],
    ['é😀\\n\\u0041\\x41\\u{1F600}\\ud83d\\ude00', '^(?:\\x{E9}\\x{1F600}\\nAA\\x{1F600}\\x{1F600})\\z'],
    ['\\{\\}\\[\\]\\\\\\^\\$', '^(?:\\{\\}\\[\\]\\\\\\^\\$)\\z'],
    ['(a|)', '^(?:a|)\\z'],
  ])('%s', (pattern, portable) => {
    expect(portablePattern(pattern)).toBe(portable)
  })
})

// Patterns of the subset, put together of its parts.
const single = fc.constantFrom(
  'a',
  'b',
  'é',
  '😀',
  '.',
  '\\d',
  '\\w',
  '\\W',
  '[ab]',
  '[^a]',
  '[a-f\\d]',
  '\\.',
  '\\n',
  '-',
  '[\\-x]',
  '\\u00e9',
)
const pattern = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { maxDepth: 4 },
    single,
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `${left}${right}`),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(?:${left}|${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?'))
      .map(([part, times]) => `(${part})${times}`),
  ),
})).node
const subject = fc
  .array(fc.constantFrom('a', 'b', 'é', '😀', '1', '_', '.', '-', '\n', ' ', 'x', 'A'), { maxLength: 6 })
  .map(list => list.join(''))

describe('against other engines', () => {
  it('is what ECMAScript matches as a whole, read by RE2', () => {
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 1, maxLength: 5 }), (written, subjects) => {
        const re2 = RE2JS.compile(portablePattern(written))
        const ecma = new RegExp(`^(?:${written.replaceAll('[\\-x]', '[x\\-]')})$`, 'u')
        for (const text of subjects) expect([text, re2.matcher(text).find()]).toEqual([text, ecma.test(text)])
      }),
      { numRuns: 500 },
    )
  })

  it('reads what it wrote as the same', () => {
    fc.assert(
      fc.property(pattern, written => {
        const portable = portablePattern(written)
        const inner = portable.slice('^(?:'.length, -')\\z'.length)
        expect(portablePattern(inner)).toBe(portable)
      }),
    )
  })
})
