import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sparkName, sparkText } from '../../src/model/spark-text.js'

/** Spark's own reading of a literal whose only escapes are those of `\` and `'` (`ParserUtils.unescapeSQLString`). */
function read(literal: string): string {
  const body = /^'((?:[^'\\]|\\[\\'])*)'$/s.exec(literal)?.[1]
  if (body === undefined) throw new Error(`not one literal: ${literal}`)
  return body.replaceAll(/\\([\\'])/g, '$1')
}

const text = fc.string({ unit: fc.constantFrom("'", '\\', '$', '{', '"', '`', 'n', 'u', '0', '\n', '😀', 'é') })

it('a text is one literal that reads back to it, whatever is in it', () => {
  fc.assert(
    fc.property(text, value => {
      expect(read(sparkText(value))).toBe(value)
    }),
  )
})

it('a name is one quoted name', () => {
  fc.assert(
    fc.property(text, name => {
      const quoted = sparkName(name)
      expect(quoted).toMatch(/^`(?:[^`]|``)*`$/s)
      expect(quoted.slice(1, -1).replaceAll('``', '`')).toBe(name)
    }),
  )
})

it('half a character, which no UTF-8 has, is the replacement character', () => {
  expect(sparkText('a\ud800b')).toBe("'a\ufffdb'")
})
