import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapePathName, HIVE_DEFAULT_PARTITION, partitionFolder } from '../../src/export/partition-folder.js'
import { keyProblem } from '../../src/model/object-key.js'

/** Hive's FileUtils.unescapePathName: `%` and two hexadecimal digits are a character, anything else is itself. */
const unescapePathName = (text: string) =>
  text.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

const char = fc.oneof(
  fc.constantFrom(...'"#%\'*/:=?\\{[]^}.,;+ &!<>|~`$@\0\x07\n\x1f\x7f\x80é€😀'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const text = fc.string({ unit: char, minLength: 1, maxLength: 40 })

it('escapes what Hive escapes, in capital hexadecimal digits, and nothing else', () => {
  expect(escapePathName('a/b=c d%')).toBe('a%2Fb%3Dc d%25')
  const escaped = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
    one => escapePathName(one) !== one,
  )
  const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
  expect(escaped).toEqual([...controls, ...'"#%\'*/:=?[\\]^{', '\x7f'])
})

it('comes back from every text, and is one segment of a key', () => {
  fc.assert(
    fc.property(text, text, (name, value) => {
      fc.pre(!/[\ufffe\uffff]/.test(name + value))
      const folder = partitionFolder(name, value)
      expect(keyProblem(`papers/${folder}/part-00000.parquet`)).toBeUndefined()
      const [first, second, ...more] = folder.split('=')
      expect([unescapePathName(first!), unescapePathName(second!), more]).toEqual([name, value, []])
      expect(folder).not.toContain('/')
    }),
    { numRuns: 1000 },
  )
})

it('has null under the name that Hive has for it', () => {
  expect(partitionFolder('kind', null)).toBe(`kind=${HIVE_DEFAULT_PARTITION}`)
})

it('refuses what no lake could hold, with the reason', () => {
  const refused = (value: string) => expect(() => partitionFolder('kind', value))
  expect(partitionFolder('kind', 'x'.repeat(250))).toHaveLength(255)
  refused('x'.repeat(251)).toThrow(/longer than 255 bytes/)
  refused('/'.repeat(84)).toThrow(expect.objectContaining({ code: 'PARTITION_VALUE' }))
  refused('é'.repeat(126)).toThrow(/longer than 255 bytes/)
  refused('\uffff').toThrow(expect.objectContaining({ code: 'PARTITION_VALUE' }))
})
