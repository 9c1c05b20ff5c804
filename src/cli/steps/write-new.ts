import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LakeferryError, reasonOf } from '../../errors.js'

/** What is said of a file that cannot be written. */
export interface NewFileAdvice {
  /** After the name of a file that is there. @defaultValue nothing */
  readonly kept?: string
  /** What to do about a file that is there. */
  readonly there: string
  /** What to look at when it is for another reason. */
  readonly otherwise: string
}

export interface NewFileOptions {
  /** Write over what is there, after all. */
  readonly force?: boolean
  /** Make the folders above it, too. */
  readonly folders?: boolean
}

/**
 * What somebody wrote by hand is not written over unasked.
 *
 * @throws {@link LakeferryError} `USAGE`
 */
export async function writeNew(
  file: string,
  text: string,
  advice: NewFileAdvice,
  { force = false, folders = false }: NewFileOptions,
): Promise<void> {
  try {
    if (folders) await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: force ? 'w' : 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw thereAlready(file, advice, error)
    const problem = `cannot write ${file}: ${reasonOf(error)}`
    throw new LakeferryError('USAGE', { problem, next: advice.otherwise }, { cause: error })
  }
}

export function thereAlready(file: string, { kept = '', there }: NewFileAdvice, cause?: unknown): LakeferryError {
  return new LakeferryError('USAGE', { problem: `${file} is there already${kept}`, next: there }, { cause })
}
