import { createHash } from 'node:crypto'

/** Short enough to be typed. */
const HEX_DIGITS = 8

/**
 * A name made of what it is for and of when that began, so that two who see the same give it the same; longer where
 * another has it already.
 */
export function shortId(about: string, at: string, taken: ReadonlySet<string>): string {
  const hex = createHash('sha256').update(`${about}\n${at}`).digest('hex')
  for (let digits = HEX_DIGITS; digits < hex.length; digits++) {
    const id = hex.slice(0, digits)
    if (!taken.has(id)) return id
  }
  return hex
}
