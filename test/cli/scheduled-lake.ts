import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { listRuns } from '../../src/catalog/catalog.js'
import { readClaim } from '../../src/catalog/claim.js'
import { readLedger, type ScheduleLedger, type TakenSlot } from '../../src/catalog/schedule-ledger.js'
import { freshDatabase, mongo } from '../support/services.js'
import { lakeferry, type Spawned } from './spawned.js'

/** How long one thing is waited for, in milliseconds: processes are started for it, on a machine that does much else. */
const UNTIL_MS = 120_000

/** A collection, a configuration with a schedule, lakes beside it, and the processes that are started over them. */
export class ScheduledLake {
  readonly #folder: string
  readonly #source: string
  readonly #started: Spawned[] = []
  #lake = ''

  private constructor(folder: string, source: string) {
    this.#folder = folder
    this.#source = source
  }

  /** @param documents - in the collection `papers` */
  static async make(documents: number): Promise<ScheduledLake> {
    const { uri } = await mongo()
    const database = freshDatabase()
    const client = await MongoClient.connect(uri)
    await client
      .db(database)
      .collection<{ _id: number; title: string }>('papers')
      .insertMany(Array.from({ length: documents }, (_, at) => ({ _id: at, title: `Title ${at}` })))
    await client.close()
    const folder = await mkdtemp(join(tmpdir(), 'lakeferry-schedule-'))
    return new ScheduledLake(folder, `uri: "${uri}", database: ${database}`)
  }

  /** @param options - `lake`: name of its folder; `perSecond`: documents that are read in a second */
  async configure(options: { lake: string; schedule: string | undefined; perSecond?: number }): Promise<void> {
    const { lake, schedule, perSecond = 100_000 } = options
    this.#lake = lake
    const lines = [
      `source: {${this.#source}, maxDocumentsPerSecond: ${perSecond}}`,
      `lake: {url: file:./${lake}}`,
      'datasets: {papers: {collection: papers, formats: [bson.gz]}}',
      ...(schedule === undefined ? [] : [`schedule: ${schedule}`]),
    ]
    await writeFile(this.file('lakeferry.yaml'), `${lines.join('\n')}\n`)
  }

  file(name: string): string {
    return join(this.#folder, name)
  }

  schedule(...argv: string[]): Spawned {
    const spawned = lakeferry(['schedule', ...argv], { cwd: this.#folder })
    this.#started.push(spawned)
    return spawned
  }

  async ledger(): Promise<ScheduleLedger> {
    const { ledger } = await readLedger(openFsStore({ root: this.file(this.#lake) }), 'default')
    if (ledger === undefined) throw new Error('there is no ledger')
    return ledger
  }

  /** The newest slot that was taken. */
  async taken(): Promise<TakenSlot | undefined> {
    const { ledger } = await readLedger(openFsStore({ root: this.file(this.#lake) }), 'default')
    return ledger?.slots.findLast((record): record is TakenSlot => record.state !== 'missed')
  }

  /** Id of the process that writes a run. */
  async writer(runId: string): Promise<number | undefined> {
    const claim = await readClaim(openFsStore({ root: this.file(this.#lake) }), 'papers', runId)
    const pid = claim?.owner?.split('/')[2]
    return pid === undefined ? undefined : Number(pid)
  }

  /** All runs that there is anything of. */
  async runs(): Promise<{ runId: string; documents: number | undefined }[]> {
    const runs = await listRuns(openFsStore({ root: this.file(this.#lake) }), 'papers')
    return runs.map(({ runId, manifest }) => ({ runId, documents: manifest?.documents }))
  }

  /** @param key - below the lake */
  async has(key: string): Promise<boolean> {
    return (await openFsStore({ root: this.file(this.#lake) }).head(key)) !== undefined
  }

  /** What comes of asking until it is something. */
  async until<T>(ask: () => Promise<T | undefined>): Promise<T> {
    for (const give = Date.now() + UNTIL_MS; Date.now() < give; await sleep(50)) {
      const answer = await ask()
      if (answer !== undefined) return answer
    }
    throw new Error('it did not come to that')
  }

  async endAll(): Promise<void> {
    for (const { child, ended } of this.#started.splice(0)) {
      child.kill('SIGKILL')
      await ended
    }
  }

  async remove(): Promise<void> {
    await this.endAll()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
