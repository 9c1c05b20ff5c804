import { lakeKey } from '../model/lake-key.js'
import type { ObjectStore } from '../ports/object-store.js'

/** The folder of a validation that ran elsewhere and that nobody came back for. */
export interface StaleJob {
  /** Of the folder, ending in `/`. */
  readonly key: string
  /** Of all objects in it. */
  readonly bytes: number
  /** When it was last asked for. */
  readonly since: Date
  readonly remove: () => Promise<void>
}

/**
 * Job folders that were last asked for before the instant. One that does not tell when stays: somebody put it there by
 * hand, for a cluster that is yet to come.
 */
export async function* findStaleJobs(lake: ObjectStore, before: Date): AsyncGenerator<StaleJob> {
  for await (const { folder, keys, bytes } of foldersOf(lake)) {
    const since = await lastAsked(lake, folder)
    if (since === undefined || since >= before) continue
    const remove = async (): Promise<void> => {
      // First what says that it was submitted, and that it answered: whoever comes in between finds all of it or none.
      const marks = ['submission.json', 'answers.json'].map(name => `${folder}${name}`)
      for (const mark of marks) await lake.delete([mark])
      await lake.delete(keys.filter(key => !marks.includes(key)))
    }
    yield { key: folder, bytes, since, remove }
  }
}

interface Folder {
  readonly folder: string
  readonly keys: string[]
  bytes: number
}

/** One folder at a time: they come together, since keys are listed in their order. */
async function* foldersOf(lake: ObjectStore): AsyncGenerator<Folder> {
  let current: Folder | undefined
  for await (const { key, bytes } of lake.list(lakeKey.jobs)) {
    const [folder] = /^_lakeferry\/jobs\/[^/]+\/run=[^/]+\/[0-9a-f]{16}\//.exec(key) ?? []
    if (folder === undefined) continue
    if (current?.folder !== folder) {
      if (current !== undefined) yield current
      current = { folder, keys: [], bytes: 0 }
    }
    current.keys.push(key)
    current.bytes += bytes
  }
  if (current !== undefined) yield current
}

/** By whoever wrote the questions, or handed the job to a service; the later of them. */
async function lastAsked(lake: ObjectStore, folder: string): Promise<Date | undefined> {
  const told = [
    (await jsonOf(lake, `${folder}asked.json`))['since'],
    (await jsonOf(lake, `${folder}submission.json`))['submittedAt'],
  ]
  const instants = told.map(text => Date.parse(String(text))).filter(instant => !Number.isNaN(instant))
  return instants.length === 0 ? undefined : new Date(Math.max(...instants))
}

async function jsonOf(lake: ObjectStore, key: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(new TextDecoder().decode((await lake.get(key))?.body)) ?? {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
