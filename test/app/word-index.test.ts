import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordScores } from '../../src/app/text-score.js'
import { WordIndex } from '../../src/app/word-index.js'
import { searchWords, wordsOf } from '../../src/app/words.js'

describe('words', () => {
  it('are cut at white space and punctuation of every script, in lower case, without diacritics', () => {
    expect(wordsOf('Über-Résumé: “Graph—Networks”, and x_1 (v2.0)!')).toEqual(
      'uber resume graph networks and x_1 v2 0'.split(' '),
    )
    expect(wordsOf('深度学习、图 ΣΑΣ')).toEqual(['深度学习', '图', expect.stringMatching(/^σα[σς]$/)])
    expect(wordsOf(' -- ')).toEqual([])
  })

  it('are the same by the short way for ASCII and by the long one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), text => {
        // A word that is not ASCII, on its own at the end, makes it take the long way.
        expect(wordsOf(`${text} ł`).slice(0, -1)).toEqual(wordsOf(text))
      }),
    )
  })

  it('of a search leave out the most frequent ones, unless there are no others', () => {
    expect(searchWords('Attention is all you need, attention!')).toEqual(['attention', 'all', 'you', 'need'])
    expect(searchWords('to be')).toEqual(['to', 'be'])
  })
})

describe('the rule of ranking', () => {
  it('is what MongoDB’s text score comes to by hand', () => {
    const scores = wordScores([
      ['title', 'Graph networks and graph kernels'], // graph: 2 of 5
      ['keywords', 'graph'], // the whole text
      ['keywords', 'kernels'],
      ['abstract', 'No graph here'],
    ])
    expect(scores.get('graph')).toBeCloseTo(10 * 1.5 * (0.5 + 0.5 * (2 / 5)) + 5 * 1 * 1 * 1.1 + 1 * (0.5 + 0.5 / 3))
    expect(scores.get('networks')).toBeCloseTo(10 * (0.5 + 0.5 / 5))
  })
})

describe('the index', () => {
  const words = ['graph', 'deep', 'kernel', 'loss', 'bound']
  const text = fc.array(fc.constantFrom(...words), { maxLength: 6 }).map(list => list.join(' '))
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), text: fc.option(text) })

  it('finds what adding up one by one finds, whatever was put, changed and removed before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.subarray(words), (steps, asked) => {
        const index = new WordIndex()
        const documents = new Map<string, string>()
        for (const { key, text } of steps) {
          if (text === null) {
            index.remove(key)
            documents.delete(key)
          } else {
            index.put(key, [['title', text]])
            documents.set(key, text)
          }
        }
        const wanted = new Map<string, number>()
        for (const [key, text] of documents) {
          const scores = wordScores([['title', text]])
          const sum = asked.reduce((sum, word) => sum + (scores.get(word) ?? 0), 0)
          if (sum > 0) wanted.set(key, sum)
        }
        expect(index.search(asked)).toEqual(wanted)
      }),
    )
  })

  it('does not grow while documents only change', () => {
    const index = new WordIndex()
    const text = Array.from({ length: 500 }, (_, n) => `word${n}`).join(' ')
    for (let round = 0; round < 600; round++) index.put(`key${round % 3}`, [['abstract', text]])
    expect(index.documents).toBe(3)
    expect([...index.search(['word7']).keys()].sort()).toEqual(['key0', 'key1', 'key2'])
  })

  it('says so when it is full, and finds what it has', () => {
    const index = new WordIndex(3)
    expect(index.put('a', [['title', 'one two']])).toBe(true)
    expect(index.put('b', [['title', 'one three']])).toBe(false)
    expect([...index.search(['one']).keys()]).toEqual(['a'])
    index.remove('a')
    expect(index.put('b', [['title', 'one three']])).toBe(true)
  })
})
