import fc from 'fast-check'
import { BSONSymbol, ObjectId } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { ALL, documentsOf, type LiveApplication, liveApplication } from './live-application.js'

/** Letters with one case, with a case of another length, or with one in ASCII though they are not; and what patterns mean. */
const LETTER = fc.constantFrom(...'aAbkKsSiIıİßſéÉØ\u212a ;.+(\\$', '', 'Ada')
const NAMES = ['ada love', 'ünï kai', 'ß.k', 'i', '\u212aa', 'c++ (x)', 'i;c++ (x)']
const NAME = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }))
  .map(([name, isUpper]) => Array.from(name, (letter, at) => (isUpper[at] ? letter.toUpperCase() : letter)).join(''))
const TEXT = fc
  .array(
    fc.oneof(
      NAME,
      NAME.map(name => ` ${name} `),
      fc.array(LETTER, { maxLength: 4 }).map(parts => parts.join('')),
    ),
    {
      maxLength: 4,
    },
  )
  .map(parts => parts.join(';'))
const LIST = fc.array(fc.oneof(TEXT, TEXT, fc.constantFrom(null, 7, true, ['Ada'], { a: 'Ada' })), { maxLength: 4 })
const VALUE = fc.oneof(
  TEXT,
  LIST,
  fc.constantFrom(undefined, null, 7, { a: 'Ada' }, new Date(0), new BSONSymbol('Ada Love')),
)
const PAPER = fc.record({ authors: VALUE, author: VALUE, keywords: VALUE })

/** A member as a pattern alone finds it: both cases of each letter, where they are as long as one another. */
function pattern(name: string): RegExp {
  const each = Array.from(name.trim(), letter => {
    const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()]
    return lower !== upper && lower.length === upper.length ? `[${lower}${upper}]` : letter.replace(/\W/, '[$&]')
  })
  return new RegExp(`(?:^|;) *${each.join('').replaceAll('[\\]', '\\\\')} *(?:;|$)`)
}

describe('the filters for an author and for a keyword', () => {
  let live: LiveApplication | undefined
  afterAll(() => live?.close())

  it('find what their pattern alone finds, whatever a paper has in these fields', async () => {
    const made = fc.sample(PAPER, { numRuns: 80, seed: 8 })
    const papers = made.map((paper, n) => {
      const there = Object.entries(paper).filter(([, value]) => value !== undefined)
      return { _id: new ObjectId(), id: `p${n}`, ...Object.fromEntries(there) }
    })
    live = await liveApplication({ papers })
    const { application, client, database } = live
    const collection = client.db(database).collection('papers')
    const members = papers.flatMap(({ _id, id, ...fields }) =>
      Object.values(fields)
        .flat(2)
        .flatMap(text => (typeof text === 'string' ? text.split(';') : [])),
    )
    const wanted = [...NAMES, ...new Set(members.map(text => text.trim()))].filter(text => text !== '')
    let found = 0
    for (const [n, text] of wanted.slice(0, 24).entries()) {
      const name = [text, text.toLowerCase(), text.toUpperCase()][n % 3]!
      for (const [filter, fields] of [
        [{ author: name }, ['authors', 'author']],
        [{ keyword: name }, ['keywords']],
      ] as const) {
        const alone = { $or: fields.map(field => ({ [field]: pattern(name) })) }
        const there = await collection.find(alone).sort({ _id: 1 }).toArray()
        const page = await application.papers.list({ ...ALL, ...filter })
        expect(
          documentsOf(page).map(({ id }) => id),
          JSON.stringify(filter),
        ).toEqual(there.map(({ id }) => id))
        expect(page).toMatchObject({ total: there.length })
        found += there.length
      }
    }
    expect(found).toBeGreaterThan(100)
  })

  it('count what does not fit into a page, and what an offset leaves out', async () => {
    const papers = Array.from({ length: 5 }, () => ({ _id: new ObjectId(), authors: 'Bo; Ada Love' }))
    const { application, close } = await liveApplication({ papers })
    const list = async (more: object) => {
      const page = await application.papers.list({ ...ALL, author: 'ada love', ...more })
      return page === 'bad-cursor' ? page : { count: page.count, total: page.total, next: page.next !== undefined }
    }
    expect(await list({ limit: 2 })).toEqual({ count: 2, total: 5, next: true })
    expect(await list({ limit: 2, offset: 4 })).toEqual({ count: 1, total: 5, next: false })
    expect(await list({ limit: 2, offset: 5 })).toEqual({ count: 0, total: 5, next: false })
    expect(await list({ limit: 2, offset: 50 })).toEqual({ count: 0, total: 5, next: false })
    expect(await list({ author: 'nobody' })).toEqual({ count: 0, total: 0, next: false })
    await close()
  })
})
