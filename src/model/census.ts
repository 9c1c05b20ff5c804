/**
 * How often each field had each BSON type. A path is the field's name, nested names joined by `.`, array elements
 * marked by `[]` (`authors[]`, `reviews[].score`). A name that itself holds `.`, `[` or `\` has it escaped with `\`.
 * Types are the aliases of `$type`: `string`, `int`, `long`, `double`, `decimal`, `objectId`, `date`, `null`, ….
 */
export interface Census {
  readonly documents: number
  readonly fields: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Whether there were more than {@link MAX_CENSUS_PATHS} paths, or longer ones than we keep, so that some are not counted. */
  readonly truncated: boolean
}

/** A field name as it stands in a path. */
export function escapeName(name: string): string {
  return name.replaceAll(/[.[\\]/g, '\\$&')
}

/** Bounds memory for collections whose field names are data. */
export const MAX_CENSUS_PATHS = 5_000

/** Bytes of all paths together. A hundred names of 100 KB, each within the one before, make paths of half a gigabyte. */
export const MAX_CENSUS_BYTES: number = 1024 * 1024

export const EMPTY_CENSUS: Census = { documents: 0, fields: {}, truncated: false }

/** Commutative and associative as long as nothing is truncated; paths beyond the bound are dropped in sorted order. */
export function mergeCensus(a: Census, b: Census): Census {
  // Null prototypes: a field may be called __proto__.
  const fields: Record<string, Record<string, number>> = Object.create(null)
  let truncated = a.truncated || b.truncated
  const paths = [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])].sort()
  let size = 0
  for (const [index, path] of paths.entries()) {
    size += path.length
    if (index === MAX_CENSUS_PATHS || size > MAX_CENSUS_BYTES) {
      truncated = true
      break
    }
    const types: Record<string, number> = Object.create(null)
    for (const side of [a, b]) {
      for (const [type, count] of Object.entries(side.fields[path] ?? {})) types[type] = (types[type] ?? 0) + count
    }
    fields[path] = types
  }
  return { documents: a.documents + b.documents, fields, truncated }
}
