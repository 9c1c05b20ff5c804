import { type Document, MongoClient } from 'mongodb'
import { openLiveDatabase } from '../../src/adapters/mongo/live-database.js'
import { type Application, type ApplicationOptions, openApplication } from '../../src/app/open-application.js'
import type { LiveDatabase } from '../../src/ports/live-database.js'
import type { PaperPage, PaperQuery } from '../../src/ports/paper-store.js'
import { freshDatabase, mongo } from '../support/services.js'

export interface LiveApplication {
  readonly application: Application
  /** The driver's own, to look at and to change what the application has behind its back. */
  readonly client: MongoClient
  readonly database: string
  readonly uri: string
  close(): Promise<void>
}

/** The application over a database of its own, with these documents in it. */
export async function liveApplication(
  {
    papers = [],
    comments = [],
  }: { readonly papers?: readonly Document[]; readonly comments?: readonly Document[] } = {},
  {
    uri,
    through = real => real,
    ...options
  }: Partial<ApplicationOptions> & {
    readonly uri?: string
    /** What stands between the application and its database. */
    readonly through?: (real: LiveDatabase) => LiveDatabase
  } = {},
): Promise<LiveApplication> {
  const address = uri ?? (await mongo()).uri
  const database = freshDatabase()
  const client = await MongoClient.connect(address)
  const db = client.db(database)
  if (papers.length > 0) await db.collection('papers').insertMany(papers.map(paper => ({ ...paper })))
  if (comments.length > 0) await db.collection('comments').insertMany(comments.map(comment => ({ ...comment })))
  const live = through(await openLiveDatabase({ uri: address, database }))
  const application = await openApplication(live, { papers: 'papers', comments: 'comments', ...options })
  return {
    ...{ application, client, database, uri: address },
    close: async () => {
      await application.close()
      await db.dropDatabase().catch(() => undefined)
      await client.close()
    },
  }
}

/** What a page's JSON has. */
export function documentsOf(page: PaperPage | 'bad-cursor'): Document[] {
  if (page === 'bad-cursor') throw new Error('bad cursor')
  return JSON.parse(Buffer.from(page.json).toString())
}

export const ALL: PaperQuery = { limit: 500, offset: 0, sort: [] }
