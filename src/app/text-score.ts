import { wordsOf } from './words.js'

/** Fields that are searched. `author`: what older papers call their authors. */
export const SEARCHED: Readonly<Record<string, number>> = { title: 10, keywords: 5, authors: 5, author: 5, abstract: 1 }

/**
 * The rule of ranking, which is that of `$meta: "textScore"` of MongoDB's text index, version 3. A paper's score is the sum
 * of the scores of the words that were asked for. A word's score in one text (a list has as many texts as members) is
 *
 *     weight of the field × (1 + 1/2 + 1/4 + … once for each time it is there) × (1/2 + 1/2 × times / words in the text)
 *
 * and a tenth more where the text is just this word; the texts' scores are added up.
 *
 * Source: mongo/db/fts/fts_spec.cpp, `_scoreStringV2`
 *
 * @param texts - field by field; each field's texts
 */
export function wordScores(texts: Iterable<readonly [field: string, text: string]>): Map<string, number> {
  const scores = new Map<string, number>()
  for (const [field, text] of texts) {
    const weight = SEARCHED[field] ?? 0
    const words = wordsOf(text)
    const times = new Map<string, number>()
    for (const word of words) times.set(word, (times.get(word) ?? 0) + 1)
    for (const [word, count] of times) {
      const often = 2 - 2 ** (1 - count)
      const whole = word.length === text.length && word === text.toLowerCase() ? 1.1 : 1
      scores.set(word, (scores.get(word) ?? 0) + weight * often * (0.5 + (0.5 * count) / words.length) * whole)
    }
  }
  return scores
}
