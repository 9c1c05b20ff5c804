import { LakeferryError } from '../errors.js'
import { TooLate } from './deadline.js'

/** What came of a question: an answer, or why there is none. */
export type Finding<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string; readonly code: string }

/** Asks. A failure of the world is a finding; a defect of ours is thrown. */
export async function find<T>(question: () => Promise<T>): Promise<Finding<T>> {
  try {
    return { known: true, value: await question() }
  } catch (error) {
    if (error instanceof LakeferryError && error.family !== 'interrupted') {
      return { known: false, why: error.message, code: error.code }
    }
    if (error instanceof TooLate) return { known: false, why: error.message, code: 'TOO_LATE' }
    throw error
  }
}
