import { LakeferryError, reasonOf } from '../../errors.js'
import { errnoOf } from '../../host/errno.js'

export interface FsOperation {
  readonly lake: string
  /** A verb, for the message: `get`, `put`. */
  readonly operation: string
  readonly key: string
}

/** Quota and `ulimit -f` are as full as a disk is: the same remedy. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS'])
/** The same call will fail the same way: the path itself is at fault. */
const REFUSED = new Set(['ENAMETOOLONG', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EXDEV', 'EINVAL', 'EMLINK', 'EEXIST'])

/** Whether nothing is there: no such name, or a parent that is a file. */
export function isAbsent(error: unknown): boolean {
  const code = errnoOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** The system's failure in Lakeferry's words; what is no failure of the system comes back as it is. */
export function fsError(error: unknown, { lake, operation, key }: FsOperation): unknown {
  const code = errnoOf(error)
  if (code === undefined) return error
  const details = { lake, operation, key, reason: reasonOf(error) }
  if (FULL.has(code)) return new LakeferryError('LAKE_FULL', details, { cause: error })
  if (FORBIDDEN.has(code)) return new LakeferryError('LAKE_FORBIDDEN', details, { cause: error })
  if (REFUSED.has(code)) return new LakeferryError('LAKE_REFUSED', details, { cause: error })
  // EIO, ESTALE, EMFILE, EBUSY, ETIMEDOUT and their like may pass.
  return new LakeferryError('LAKE_UNREACHABLE', details, { cause: error })
}
