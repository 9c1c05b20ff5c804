import { MongoClient } from 'mongodb'
import type { DemoDeps } from './demo-deps.js'
import type { DemoStory } from './demo-story.js'
import type { Collections } from './ferry.js'
import { insertCollection } from './insert-collection.js'

/** The database that the demo fills, and drops again when it is somebody's own server. Also in `examples/lakeferry.yaml`. */
export const DEMO_DATABASE = 'lakeferry_demo'

/** Nights that `--keep` has before the last one: of each collection, the share of documents that was there by then. */
const EARLIER_NIGHTS = [0.7, 0.8, 0.9] as const

export interface FillQuestion {
  readonly uri: string
  readonly collections: Collections
  readonly deps: DemoDeps
  readonly story: DemoStory
  /** Absolute path of the demo's own. */
  readonly configFile: string
}

/** Fills the server with what is not there yet. @param from - documents that are there, of each collection; 0: it is begun anew */
export async function fill(
  { uri, collections, deps, story }: FillQuestion,
  from: Readonly<Record<string, number>> = {},
): Promise<void> {
  await withClient(uri, async client => {
    for (const [name, generated] of Object.entries(collections)) {
      const there = from[name] ?? 0
      await story.step(
        `Fill ${name}`,
        async progress => {
          const options = { progress: (done: number) => progress(there + done), signal: deps.signal, from: there }
          await insertCollection(client.db(DEMO_DATABASE), name, generated, options)
          return { value: undefined, told: story.count(generated.count - there, 'document') }
        },
        generated.count,
      )
    }
  })
}

/**
 * Runs of earlier nights, each with more documents than the one before, so that there is a history to look at.
 *
 * @returns documents that are there by then, of each collection
 */
export async function fillNightByNight(question: FillQuestion): Promise<Readonly<Record<string, number>>> {
  const { uri, collections, deps, story, configFile } = question
  const there: Record<string, number> = {}
  await withClient(uri, async client => {
    for (const [night, share] of EARLIER_NIGHTS.entries()) {
      await story.step(`Night ${night + 1} of ${EARLIER_NIGHTS.length + 1}`, async () => {
        const told: string[] = []
        for (const [dataset, generated] of Object.entries(collections)) {
          const from = there[dataset] ?? 0
          const until = Math.ceil(generated.count * share)
          const range = { from, until, signal: deps.signal }
          await insertCollection(client.db(DEMO_DATABASE), dataset, generated, range)
          there[dataset] = until
          const step = { configFile, dataset, signal: deps.signal, progress: () => undefined }
          deps.signal.throwIfAborted()
          const { documents } = await deps.exportDataset(step)
          await deps.validateDataset(step)
          await deps.writeReport(step)
          told.push(`${documents.toLocaleString('en')} ${dataset}`)
        }
        return { value: undefined, told: `${told.join(' and ')}, exported and validated` }
      })
    }
  })
  return there
}

export async function dropDatabase(uri: string): Promise<void> {
  await withClient(uri, async client => {
    await client.db(DEMO_DATABASE).dropDatabase()
  })
}

async function withClient(uri: string, work: (client: MongoClient) => Promise<void>): Promise<void> {
  const client = await MongoClient.connect(uri, { appName: 'lakeferry demo' })
  try {
    await work(client)
  } finally {
    await client.close()
  }
}
