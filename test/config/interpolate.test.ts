// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpolate } from '../../src/config/interpolate.js'

const put = (text: string, env: Record<string, string> = {}): string =>
  interpolate(text, env, { file: 'f', key: 'k' }).text
/** `${A}` without the linter taking it for a forgotten template. */
const ref = (inner: string): string => `\${${inner}}`

describe('interpolation', () => {
  it('puts variables and defaults in, also several', () => {
    expect(put(`x${ref('A')}y${ref('B:-z')}`, { A: '1' })).toBe('x1yz')
    expect(put(ref('URI:-mongodb://127.0.0.1:27017/?a=b'))).toBe('mongodb://127.0.0.1:27017/?a=b')
  })

  it('takes the default for an empty variable, as a shell does, and the empty text without one', () => {
    expect(put(ref('A:-d'), { A: '' })).toBe('d')
    expect(put(ref('A:-'))).toBe('')
    expect(put(ref('A'), { A: '' })).toBe('')
  })

  it('does not look again at what it put in', () => {
    expect(put(ref('A'), { A: ref('B'), B: 'secret' })).toBe(ref('B'))
  })

  it('leaves other dollars alone, and writes two for one before a brace', () => {
    const plain = fc.string().filter(text => !text.includes('${'))
    fc.assert(
      fc.property(plain, text => {
        expect(put(text)).toBe(text)
      }),
    )
    expect(put(`$${ref('A')}`)).toBe(ref('A'))
  })

  it.each(['', '1A', 'A-b', 'A:+b', 'A B', `A:-${ref('B')}`])('refuses ${%s}', inner => {
    expect(() => put(ref(inner))).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it('tells which variables it read', () => {
    expect(interpolate(`${ref('A:-1')}${ref('B')}`, { B: '2' }, { file: 'f', key: 'k' }).variables).toEqual(['A', 'B'])
  })
})
