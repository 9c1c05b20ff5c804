/**
 * Order-independent digest of a set of documents: the sum modulo 2^256 of SHA-256 of each document's raw BSON, beside
 * the count. Addition is commutative, so source, parts and a restored copy compare without sorting; a sum, not an XOR,
 * so that a document carried twice does not cancel out.
 */
const MODULUS = 1n << 256n

/** 64 lower-case hex digits. */
export type Digest = string

export const EMPTY_DIGEST: Digest = '0'.repeat(64)

export function addDigests(a: Digest, b: Digest): Digest {
  return ((BigInt(`0x${a}`) + BigInt(`0x${b}`)) % MODULUS).toString(16).padStart(64, '0')
}
