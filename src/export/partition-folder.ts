import { LakeferryError } from '../errors.js'
import { keyProblem } from '../model/object-key.js'

/** What Hive writes for null and for the empty text, and all engines read as null. */
export const HIVE_DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__'

/**
 * Characters that Hive writes as `%XX`: https://github.com/apache/hive/blob/master/common/src/java/org/apache/hadoop/hive/common/FileUtils.java,
 * `charToEscape` of `escapePathName`. Spark has copied the list (`ExternalCatalogUtils`).
 */
const ESCAPED = /[\u0000-\u001f"#%'*/:=?\\\u007f{[\]^]/g

/** Hive's `escapePathName` of a name or of a value that is not empty. `unescapePathName` takes it back. */
export function escapePathName(text: string): string {
  return text.replaceAll(ESCAPED, char => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/**
 * `<name>=<value>` as the name of a folder.
 *
 * @throws {@link LakeferryError} `PARTITION_VALUE` when no folder can have that name on every lake: it is longer than 255
 * bytes, or has U+FFFE or U+FFFF, for which Hive has no escape
 */
export function partitionFolder(name: string, value: string | null): string {
  const folder = `${escapePathName(name)}=${value === null ? HIVE_DEFAULT_PARTITION : escapePathName(value)}`
  const problem = keyProblem(folder)
  if (problem !== undefined) throw new LakeferryError('PARTITION_VALUE', { folder: brief(folder), problem })
  return folder
}

function brief(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
