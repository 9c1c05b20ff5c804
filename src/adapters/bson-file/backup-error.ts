import { LakeferryError, reasonOf } from '../../errors.js'

/** Where in a file something is wrong. `unpacked`: counted in what gzip packed, not on disk. */
export interface Place {
  readonly file: string
  readonly offset: number
  readonly unpacked: boolean
}

/** The file is no longer, or never was whole, what was written: repeating does not help. */
export function damaged({ file, offset, unpacked }: Place, reason: string, cause?: unknown): LakeferryError {
  return new LakeferryError('SOURCE_FILE_DAMAGED', { file, offset, unpacked, reason }, { cause })
}

/** The file is not there, may not be read, or is no backup. */
export function unusable(path: string, reason: string, next?: string): LakeferryError {
  return new LakeferryError('SOURCE_FILE', { path, reason, ...(next === undefined ? {} : { next }) })
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'it is not there',
  EACCES: 'it may not be read: permission denied',
  EPERM: 'it may not be read: permission denied',
  ELOOP: 'its symbolic links lead in a circle',
}

/** What the file system said of a path, as an error of ours; anything else as it is. */
export function fileFailure(path: string, error: unknown): unknown {
  const code = systemCode(error)
  if (code === undefined) return error
  return new LakeferryError('SOURCE_FILE', { path, reason: REASONS[code] ?? reasonOf(error) }, { cause: error })
}

/** `ENOENT` and its like; undefined for what the file system did not say. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof LakeferryError) return undefined
  const { code, syscall } = error as NodeJS.ErrnoException
  return syscall === undefined ? undefined : code
}
