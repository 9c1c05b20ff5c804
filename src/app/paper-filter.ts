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
  if (author !== undefined) all.push({ $or: [{ authors: member(author) }, { author: member(author) }] })
  if (keyword !== undefined) all.push({ keywords: member(keyword) })
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

/**
 * A member of a list, or of a text with `;` between. Both cases of each letter by hand: the option that says the same makes
 * some servers twenty times slower.
 */
function member(name: string): LiveFilter {
  const literal = Array.from(name.trim(), character => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    if (lower !== upper && lower.length === upper.length) return `[${lower}${upper}]`
    return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return { $regex: `(?:^|;) *${literal.join('')} *(?:;|$)` }
}
