import { LakeferryError } from '../errors.js'
import { whereIn } from './check-tree.js'
import type { Laid } from './overlay.js'

/** Keys of `source` that tell a server how to be read. */
const SERVER_KEYS = ['readPreference', 'concurrency', 'maxDocumentsPerSecond', 'comment'] as const

/**
 * Beside a backup these keys would be read and ignored, which is a trap: somebody believes that a limit holds.
 *
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export function refuseServerKeys(laid: Laid): void {
  const { source } = laid.value as { source: Readonly<Record<string, unknown>> }
  const given = SERVER_KEYS.filter(key => source[key] !== undefined)
  const first = given[0]
  if (first === undefined) return
  throw new LakeferryError('CONFIG_INVALID', {
    ...whereIn(laid)(['source', first]),
    key: `source.${first}`,
    wanted: 'it left out, since source.uri is a backup file and no server',
    got: given.length === 1 ? String(source[first]) : given.join(', '),
  })
}
