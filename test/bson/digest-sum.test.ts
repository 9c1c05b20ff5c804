import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DigestSum } from '../../src/bson/digest-sum.js'
import { addDigests, EMPTY_DIGEST } from '../../src/model/digest.js'

const documents = fc.array(fc.uint8Array({ minLength: 5, maxLength: 80 }), { maxLength: 40 })

function digestOf(all: readonly Uint8Array[]): string {
  const sum = new DigestSum()
  for (const document of all) {
    const bytes = Uint8Array.from([1, 2, 3, ...document, 4])
    sum.add(bytes, 3, 3 + document.length)
  }
  expect(sum.documents).toBe(all.length)
  return sum.digest()
}

it('is the sum of the SHA-256 of each document, modulo 2^256', () => {
  fc.assert(
    fc.property(documents, drawn => {
      const sum = drawn
        .map(document => BigInt(`0x${createHash('sha256').update(document).digest('hex')}`))
        .reduce((a, b) => a + b, 0n)
      expect(digestOf(drawn)).toBe((sum % 2n ** 256n).toString(16).padStart(64, '0'))
    }),
  )
})

it('does not depend on the order, and adds up from parts', () => {
  fc.assert(
    fc.property(documents, fc.nat(40), (drawn, cut) => {
      const whole = digestOf(drawn)
      expect(digestOf(drawn.toReversed())).toBe(whole)
      expect(addDigests(digestOf(drawn.slice(cut)), digestOf(drawn.slice(0, cut)))).toBe(whole)
    }),
  )
})

it('tells a document that is there twice from one, and from none', () => {
  const document = Uint8Array.from([5, 0, 0, 0, 0])
  expect(new Set([[], [document], [document, document]].map(digestOf)).size).toBe(3)
  expect(digestOf([])).toBe(EMPTY_DIGEST)
})

it('can be read at any time and added to after', () => {
  const [a, b] = [Uint8Array.from([1, 2, 3, 4, 5]), Uint8Array.from([6])]
  const sum = new DigestSum()
  sum.add(a, 0, a.length)
  expect(sum.digest()).toBe(digestOf([a]))
  expect(sum.digest()).toBe(digestOf([a]))
  sum.add(b, 0, b.length)
  expect(sum.digest()).toBe(digestOf([a, b]))
})
