import { Double, Int32 } from 'bson'
import type { LiveFilter } from '../ports/live-database.js'
import type { PaperQuery } from '../ports/paper-store.js'

/** What older and newer papers call the mean of their ratings. */
export const RATING_FIELDS = ['rating_avg', 'ratingAverage'] as const
export type RatingField = (typeof RATING_FIELDS)[number]

/**
 * The condition of a query. Every value in it is a value: a number or a text of the client's is never an operator, and in
 * a pattern each of its characters stands for itself.
 *
 * Shapes drift over the years: a year may be a text; authors and keywords a list, or one text with `;` between, and the
 * older papers' authors are in `author`. Names are compared whole, upper and lower case alike.
 */
export function paperFilter(query: PaperQuery, rating: RatingField): LiveFilter {
  const { year, status, author, keyword, ratingMin, ratingMax } = query
  const all: LiveFilter[] = []
  if (year !== undefined) all.push({ year: { $in: [new Int32(year), String(year)] } })
  if (status !== undefined) all.push({ status: { $eq: status } })
  if (author !== undefined) all.push(...member(['authors', 'author'], author))
  if (keyword !== undefined) all.push(...member(['keywords'], keyword))
  if (ratingMin !== undefined || ratingMax !== undefined) {
    all.push({
      [rating]: {
        ...(ratingMin === undefined ? {} : { $gte: new Double(ratingMin) }),
        ...(ratingMax === undefined ? {} : { $lte: new Double(ratingMax) }),
      },
    })
  }
  return all.length === 0 ? {} : all.length === 1 ? all[0]! : { $and: all }
}

/** No index serves these conditions: whoever asks has the whole collection read. */
export function readsAll({ author, keyword }: PaperQuery): boolean {
  return author !== undefined || keyword !== undefined
}

/**
 * A member of a list, or of a text with `;` between, in any of these fields. The pattern decides; both cases of each letter
 * are in it by hand, since the option that says the same makes some servers twenty times slower.
 *
 * Servers that build the pattern anew for each document still take a quarter of a millisecond to do so. Hence the condition
 * before it, which only papers with the letters of the name somewhere can meet.
 */
function member(fields: readonly string[], name: string): LiveFilter[] {
  const literal = Array.from(name.trim(), character => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    if (lower !== upper && lower.length === upper.length) return `[${lower}${upper}]`
    return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  const pattern = { $regex: `(?:^|;) *${literal.join('')} *(?:;|$)` }
  const each = fields.map(field => ({ [field]: pattern }))
  const exact = each.length === 1 ? each[0]! : { $or: each }
  const letters = longestAscii(name.trim())
  if (letters === '') return [exact]
  return [{ $expr: { $or: fields.map(field => mayHave(`$${field}`, letters)) } }, exact]
}

/** What servers agree about when they make letters small: for the others one name would have to be written in many ways. */
function longestAscii(name: string): string {
  const runs = name.match(/[\x01-\x7f]+/g) ?? []
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '').toLowerCase()
}

/**
 * Whether a text, or one in a list, has these letters, whichever case they are in. By bytes, as texts that are no UTF-8 must
 * not end the question; a symbol is matched by patterns as texts are, and is left to them.
 */
function mayHave(field: string, letters: string): object {
  const inValue = (value: string): object => ({
    $cond: [
      { $eq: [{ $type: value }, 'string'] },
      { $gte: [{ $indexOfBytes: [{ $toLower: value }, { $literal: letters }] }, 0] },
      { $eq: [{ $type: value }, 'symbol'] },
    ],
  })
  const inList = { $anyElementTrue: [{ $map: { input: field, as: 'one', in: inValue('$$one') } }] }
  return { $cond: [{ $isArray: field }, inList, inValue(field)] }
}
