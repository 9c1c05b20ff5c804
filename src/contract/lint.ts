import { type ContractOptions, checkContract } from './load.js'

/** Something in a contract that means nothing, or cannot hold. */
export interface Problem {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  readonly problem: string
  /** What to write instead. */
  readonly next?: string
}

/**
 * Every problem of a contract's text that can be found by itself: of each property and each entry of quality the first,
 * in the order of the file. What follows from another problem is left out. None: the contract can be used. Of several
 * objects none has to be named, since all of them are read.
 *
 * @param file - its name, for messages
 */
export function lintContract(text: string, file: string, options: ContractOptions = {}): readonly Problem[] {
  const anyObject = options.object === undefined
  return checkContract(Buffer.from(text, 'utf8'), file, { ...options, anyObject }).problems.map(({ details }) => {
    const { line, column, problem, next } = details
    return { line, column, problem, ...(next === undefined ? {} : { next }) }
  })
}
