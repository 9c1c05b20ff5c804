import { portablePattern } from './pattern/portable.js'
import { PatternError } from './pattern/tree.js'
import { refuse, text, type YamlValue } from './yaml-file.js'

/** A pattern within the portable subset, as it was written. */
export function readPattern(value: YamlValue): string {
  const written = text(value, 'a regular expression')
  try {
    portablePattern(written)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    refuse(
      value,
      `pattern ${written}: ${error.message} (at character ${[...written.slice(0, error.offset)].length + 1})`,
      error.next,
    )
  }
  return written
}
