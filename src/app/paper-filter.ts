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
 * A member of a list, or of a text with `;` between, in any of these fields.
 *
 * Not by patterns where it can be helped: some servers build the pattern anew for each document, which takes a quarter of a
 * millisecond. All servers agree about what ASCII letters are when they are made small, so that a name of those is cut out
 * and compared, and of another name its longest piece of those decides which papers come to the pattern at all.
 */
function member(fields: readonly string[], name: string): LiveFilter[] {
  const wanted = name.trim()
  const inAny = (condition: (text: string) => object): LiveFilter => ({
    $expr: { $or: fields.map(field => inTexts(`$${field}`, condition)) },
  })
  const letters = longestAscii(wanted)
  if (letters.length === wanted.length && letters !== '' && !letters.includes(';'))
    return [inAny(text => ({ $and: [has(text, letters), isMember(text, letters)] }))]
  const pattern = { $regex: memberPattern(wanted) }
  const each = fields.map(field => ({ [field]: pattern }))
  const exact = each.length === 1 ? each[0]! : { $or: each }
  return letters === '' ? [exact] : [inAny(text => has(text, letters)), exact]
}

/** Both cases of each letter by hand: the option that says the same makes some servers twenty times slower. */
function memberPattern(name: string): string {
  const literal = Array.from(name, character => {
    const [lower, upper] = [character.toLowerCase(), character.toUpperCase()]
    if (lower !== upper && lower.length === upper.length) return `[${lower}${upper}]`
    return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return `(?:^|;) *${literal.join('')} *(?:;|$)`
}

function longestAscii(name: string): string {
  const runs = name.match(/[\x01-\x7f]+/g) ?? []
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '').toLowerCase()
}

/** Whether the field is a text, or a list with one, of which the condition holds. Symbols are texts to patterns, too. */
function inTexts(field: string, condition: (text: string) => object): object {
  const inValue = (value: string): object => ({
    $cond: [{ $in: [{ $type: value }, ['string', 'symbol']] }, condition(value), false],
  })
  const inList = { $anyElementTrue: [{ $map: { input: field, as: 'one', in: inValue('$$one') } }] }
  return { $cond: [{ $isArray: field }, inList, inValue(field)] }
}

/** By bytes: a text that is no UTF-8 must not end the question. */
function has(text: string, letters: string): object {
  return { $gte: [{ $indexOfBytes: [{ $toLower: text }, { $literal: letters }] }, 0] }
}

function isMember(text: string, name: string): object {
  const members = { $split: [{ $toLower: text }, ';'] }
  const trimmed = { $map: { input: members, as: 'member', in: { $trim: { input: '$$member', chars: ' ' } } } }
  return { $in: [{ $literal: name }, trimmed] }
}
