import { type Document, ObjectId } from 'mongodb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openLiveDatabase } from '../../src/adapters/mongo/live-database.js'
import { openApplication } from '../../src/app/open-application.js'
import { pageJson } from '../../src/app/page-json.js'
import { SharedReads } from '../../src/app/shared-reads.js'
import { Totals } from '../../src/app/totals.js'
import { startMongoFront } from '../support/mongo-front.js'
import { mongo } from '../support/services.js'
import { ALL, documentsOf, liveApplication } from './live-application.js'

const names = { papers: 'papers', comments: 'comments' }
afterEach(() => vi.restoreAllMocks())

/** Code 8 says nothing of what it is that the server lacks. */
const UNKNOWN = { code: 8, codeName: 'UnknownError', errmsg: 'no such index here' }

/** A server that will not make some of the indexes. */
async function refusing(
  refusal: object,
  isRefused: (index: Document) => boolean,
  use: (uri: string) => Promise<void>,
): Promise<void> {
  const front = await startMongoFront({
    port: (await mongo()).port,
    answer: ({ indexes }) => (indexes !== undefined && isRefused(indexes[0]) ? { ok: 0, ...refusal } : undefined),
  })
  try {
    await use(`mongodb://${front.address}/?directConnection=true`)
  } finally {
    await front.stop()
  }
}

describe('opening the application', () => {
  it('makes its indexes, once', async () => {
    const live = await liveApplication()
    try {
      const db = live.client.db(live.database)
      const indexes = async (name: string) =>
        (await db.collection(name).indexes()).map(({ name, unique, expireAfterSeconds }) =>
          [name, unique && 'unique', expireAfterSeconds].filter(Boolean).join(' '),
        )
      const papers = await indexes('papers')
      expect(papers).toEqual(
        expect.arrayContaining(['lakeferry_id unique', 'lakeferry_year', 'lakeferry_status', 'lakeferry_rating']),
      )
      expect(await indexes('comments')).toEqual(expect.arrayContaining(['lakeferry_id unique', 'lakeferry_thread']))
      expect(await indexes('lakeferry_requests')).toContain('lakeferry_known 86400')
      expect(live.application.warnings).toEqual([])
      const again = await openApplication(await openLiveDatabase({ uri: live.uri, database: live.database }), names)
      expect([again.warnings, await indexes('papers')]).toEqual([[], papers])
      await again.close()
    } finally {
      await live.close()
    }
  })

  it('goes on where ids are there twice, says so, and mends it when they are mended', async () => {
    const reports: string[] = []
    const [first, second] = [new ObjectId(), new ObjectId()]
    const papers = [
      { _id: first, id: 'twice', title: 'First' },
      { _id: second, id: 'twice', title: 'Second' },
    ]
    const live = await liveApplication({ papers }, { report: problem => reports.push(problem) })
    try {
      const { application, client, database, uri } = live
      expect(application.warnings).toEqual([expect.stringMatching(/^papers: .*same id.*Mend them/)])
      expect(reports).toEqual(application.warnings)
      const title = async (id: string) =>
        JSON.parse(Buffer.from((await application.papers.get(id))!.json).toString()).title
      expect([await title('twice'), await title(String(second))]).toEqual(['First', 'Second'])
      expect(await application.papers.insert({ id: 'twice', title: 'Third' })).toBe('exists')
      expect(documentsOf(await application.papers.list(ALL))).toHaveLength(2)
      await client.db(database).collection('papers').deleteOne({ _id: second })
      const mended = await openApplication(await openLiveDatabase({ uri, database }), names)
      expect(mended.warnings).toEqual([])
      await mended.close()
      const indexes = await client.db(database).collection('papers').indexes()
      expect(indexes.filter(({ key }) => 'id' in key).map(({ unique }) => unique)).toContain(true)
    } finally {
      await live.close()
    }
  })

  it('goes on where the server removes nothing by its age, and says so', async () => {
    const refusal = { code: 238, codeName: 'NotImplemented', errmsg: 'expireAfterSeconds is not implemented' }
    await refusing(
      refusal,
      index => index.expireAfterSeconds !== undefined,
      async uri => {
        const live = await liveApplication({}, { uri })
        try {
          expect(live.application.warnings).toEqual([
            'lakeferry_requests: the server removes nothing by its age, so that what is in it stays; remove documents older than 24 hours now and then.',
          ])
          expect(await live.application.papers.insert({ id: 'a', title: 'A' })).toMatchObject({ id: 'a' })
        } finally {
          await live.close()
        }
      },
    )
  })

  it('searches by itself whatever the server has against an index for text', async () => {
    await refusing(
      UNKNOWN,
      index => index.name === 'lakeferry_text',
      async uri => {
        const papers = [{ id: 'a', title: 'Ferries over the lake' }]
        const live = await liveApplication({ papers }, { uri })
        try {
          expect(live.application.warnings).toEqual([])
          const found = documentsOf(await live.application.papers.list({ ...ALL, q: 'ferries' }))
          expect(found.map(({ id }) => id)).toEqual(['a'])
        } finally {
          await live.close()
        }
      },
    )
  })

  it('does not open without the others, and speaks of no export', async () => {
    await refusing(
      UNKNOWN,
      index => index.name === 'lakeferry_year',
      async uri => {
        const opening = openApplication(await openLiveDatabase({ uri, database: 'd' }), names)
        await expect(opening).rejects.toMatchObject({
          code: 'SOURCE_OPERATION',
          retryable: true,
          message: 'could not create an index of d.papers: no such index here',
          hint: expect.not.stringContaining('export'),
        })
      },
    )
  })

  it('takes the mean of the ratings by the name that the collection has for it', async () => {
    const live = await liveApplication({
      papers: [{ id: 'a', ratingAverage: 3 }, { id: 'b', ratingAverage: 7 }, { id: 'c' }],
    })
    try {
      const sort = [{ field: 'rating_avg', descending: true }] as const
      expect(documentsOf(await live.application.papers.list({ ...ALL, sort })).map(({ id }) => id)).toEqual([
        'b',
        'a',
        'c',
      ])
      expect(documentsOf(await live.application.papers.list({ ...ALL, ratingMin: 5 })).map(({ id }) => id)).toEqual([
        'b',
      ])
    } finally {
      await live.close()
    }
  })
})

it('a document that JSON cannot hold is told in its place', () => {
  // {_id: ObjectId, title: <ff>}, which no driver writes
  const bytes = Buffer.concat([
    ...[Buffer.from([0, 0, 0, 0, 0x07]), Buffer.from('_id\0'), Buffer.alloc(12, 0xaa), Buffer.from([0x02])],
    ...[Buffer.from('title\0'), Buffer.from([2, 0, 0, 0, 0xff, 0, 0])],
  ])
  bytes.writeInt32LE(bytes.length)
  const page = pageJson({ bytes, starts: Uint32Array.of(0) }, 1)
  expect(JSON.parse(Buffer.from(page).toString())).toEqual([
    { _id: 'aa'.repeat(12), _unreadable: { code: 'invalid-utf8', path: 'title', detail: expect.any(String) } },
  ])
})

describe('what is shared between requests', () => {
  it('is never read before somebody asked for it', async () => {
    const shared = new SharedReads<number>()
    let state = 0
    let reads = 0
    const read = () =>
      shared.read('key', async () => {
        reads += 1
        const seen = state
        await new Promise(resolve => setTimeout(resolve, 5))
        return seen
      })
    const asked: Promise<boolean>[] = []
    for (let n = 1; n <= 50; n++) {
      state = n
      asked.push(read().then(seen => seen >= n))
      if (n % 10 === 0) await new Promise(resolve => setTimeout(resolve, 3))
    }
    expect(await Promise.all(asked)).not.toContain(false)
    expect(reads).toBeLessThan(15)
  })

  it('fails for those who asked for it, and not for the next', async () => {
    const shared = new SharedReads<number>()
    let reads = 0
    const read = () =>
      shared.read('key', async () => {
        reads += 1
        if (reads === 1) throw new Error('down')
        return reads
      })
    const [first, second, third] = await Promise.allSettled([read(), read(), read()])
    expect(first).toMatchObject({ status: 'rejected' })
    expect([second, third]).toEqual([
      { status: 'fulfilled', value: 2 },
      { status: 'fulfilled', value: 2 },
    ])
    expect(await read()).toBe(3)
  })

  it('counts anew after a write, also one that came while it was counting', async () => {
    const totals = new Totals()
    // A total is kept for a second, which does not pass here.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    let there = 1
    const count = async () => {
      const counted = there
      await new Promise(resolve => setTimeout(resolve, 5))
      return counted
    }
    const early = totals.of('key', count)
    there = 2
    totals.forget()
    expect(await totals.of('key', count)).toBe(2)
    expect(await early).toBe(1)
    expect(await totals.of('key', async () => 99)).toBe(2)
  })
})
