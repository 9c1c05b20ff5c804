/**
 * How often each field had each BSON type. A path is the field's name, nested names joined by `.`, array elements
 * marked by `[]` (`authors[]`, `reviews[].score`). A name that itself holds `.`, `[` or `\` has it escaped with `\`.
 * Types are the aliases of `$type`: `string`, `int`, `long`, `double`, `decimal`, `objectId`, `date`, `null`, ….
 */
export interface Census {
  readonly documents: number
  readonly fields: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Whether there were more than {@link MAX_CENSUS_PATHS} paths, so that some are not counted. */
  readonly truncated: boolean
}

/** Bounds memory for collections whose field names are data. */
export const MAX_CENSUS_PATHS = 5_000

export const EMPTY_CENSUS: Census = { documents: 0, fields: {}, truncated: false }

/** Commutative and associative as long as nothing is truncated; paths beyond the bound are dropped in sorted order. */
export function mergeCensus(a: Census, b: Census): Census {
  // Null prototypes: a field may be called __proto__.
  const fields: Record<string, Record<string, number>> = Object.create(null)
  let truncated = a.truncated || b.truncated
  const paths = [...new Set([...Object.keys(a.fields), ...Object.keys(b.fields)])].sort()
  if (paths.length > MAX_CENSUS_PATHS) truncated = true
  for (const path of paths.slice(0, MAX_CENSUS_PATHS)) {
    const types: Record<string, number> = Object.create(null)
    for (const side of [a, b]) {
      for (const [type, count] of Object.entries(side.fields[path] ?? {})) types[type] = (types[type] ?? 0) + count
    }
    fields[path] = types
  }
  return { documents: a.documents + b.documents, fields, truncated }
}
