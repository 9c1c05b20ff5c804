/**
 * Words as MongoDB's text index of version 3 cuts them with `default_language: none`: at white space, dashes, quotation
 * marks and what else Unicode calls pattern syntax or terminal punctuation; lower case, without diacritics.
 *
 * Source: https://www.mongodb.com/docs/manual/core/indexes/index-types/index-text/text-index-properties/ and the server's
 * db/fts/unicode/codepoints.h
 */
export function wordsOf(text: string): string[] {
  return ASCII.test(text) ? asciiWords(text) : unicodeWords(text)
}

/** What a search asks for: each word once, and the most frequent words of English only where there are no others. */
export function searchWords(query: string): string[] {
  const words = [...new Set(wordsOf(query))]
  const telling = words.filter(word => !FREQUENT.has(word))
  return (telling.length > 0 ? telling : words).slice(0, MOST_WORDS)
}

/** Of one search. */
const MOST_WORDS = 32

const FREQUENT: ReadonlySet<string> = new Set(
  'a an and are as at be but by for from how in into is it its no not of on or such that the their then there these they this to was we what when which will with'.split(
    ' ',
  ),
)

const ASCII = /^[\x00-\x7f]*$/
/** Soft hyphen and katakana dots are hyphens to Unicode, but no dashes. */
const DELIMITERS =
  /[\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}\p{White_Space}\u00ad\u30fb\uff65]+/u

const IS_DELIMITER = Uint8Array.from({ length: 128 }, (_, code) => (DELIMITERS.test(String.fromCharCode(code)) ? 1 : 0))

function asciiWords(text: string): string[] {
  const lower = text.toLowerCase()
  const words: string[] = []
  let start = 0
  for (let at = 0; at <= lower.length; at++) {
    if (at < lower.length && IS_DELIMITER[lower.charCodeAt(at)] === 0) continue
    if (at > start) words.push(lower.slice(start, at))
    start = at + 1
  }
  return words
}

function unicodeWords(text: string): string[] {
  return text
    .split(DELIMITERS)
    .map(word =>
      word
        .normalize('NFD')
        .replace(/\p{Diacritic}/gu, '')
        .normalize('NFC')
        .toLowerCase(),
    )
    .filter(word => word !== '')
}
