import fc from 'fast-check'
import type { ReportInput } from '../../src/report/report-input.js'
import { goldenInput } from './golden-inputs.js'

const FRAGMENTS = [
  '</script>', '<script>', '<!--', '-->', ']]>', '<![CDATA[', '</td>', '"', "'", '`', '&', '&amp;', '&#0;', '<', '>', '=',
  '|', '\\', '\n', '\r', '\t', '\u0000', '\u001b[31m', '\u0085', '\u202e', '\u2066', '\u2028', '\ufeff', '\ufffe', '\ud800',
  '\udc00', '😀', 'e\u0301', '@all', '#1', 'https://x.example', 'www.x.example', '$&', 'a', ' ', '__proto__',
] // biome-ignore format: one list

/** Any code points, half surrogates too; ASCII as likely as all the others. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10ffff)), { maxLength: 40 })
  .map(points => String.fromCodePoint(...points))

/** Text as an enemy would put it into a document: never empty. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 }).map(parts => parts.join('')),
  anyText.filter(text => text !== ''),
  fc.constantFrom(...FRAGMENTS).map(part => part.repeat(300)),
)

export const TEXTS = 12

/** As many different texts as {@link inputWith} wants. */
export const hostileTexts: fc.Arbitrary<string[]> = fc.uniqueArray(hostileText, { minLength: TEXTS, maxLength: TEXTS })

/** Different texts with no harm in them. */
export const PLAIN_TEXTS: readonly string[] = Array.from({ length: TEXTS }, (_, index) => `plain${index}`)

/** A failing report in which everything that comes from documents, contract or server is one of these texts. */
export function inputWith(texts: readonly string[]): ReportInput {
  const input = goldenInput('failing')
  const text = (index: number): string => texts[index] ?? ''
  const rules = input.result.rules.map((rule, index) =>
    index === 0 ? { ...rule, id: text(0), message: text(1), column: text(2) } : rule,
  )
  return {
    ...input,
    contractName: text(3),
    contractNotes: { [text(2)]: text(4) },
    manifest: {
      ...input.manifest,
      source: { server: text(5), database: text(6), collection: text(7), filter: text(8) },
      guarantee: { kind: 'majority', reason: text(9) },
      columns: [],
      // As the census spells a name: what has a meaning in a path is escaped.
      census: {
        documents: 2,
        truncated: false,
        fields: { [text(10).replace(/[.[\\]/g, '\\$&')]: { string: 1, [text(11)]: 1 } },
      },
    },
    result: { ...input.result, rules },
    samples: [
      { _id: text(10), rule: text(0), column: text(2), value: text(11), reason: text(9) },
      { _id: text(11), rule: text(0), column: text(2), value: null, reason: text(1) },
    ],
  }
}
