import { isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'

export const ENGINE = 'duckdb'

/** What DuckDB threw, as ours; what is ours already stays that. @param step - fits after "could not" */
export function engineFailure(step: string, error: unknown): LakeferryError {
  if (isLakeferryError(error)) return error
  return new LakeferryError('ENGINE_FAILED', { engine: ENGINE, step, reason: reasonOf(error) }, { cause: error })
}
