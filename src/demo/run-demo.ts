import { basename } from 'node:path'
import { MongoClient } from 'mongodb'
import { type Comparison, comparePlanted } from './compare.js'
import type { DemoDeps, DemoExport, DemoStep, DemoValidation } from './demo-deps.js'
import { DemoStory } from './demo-story.js'
import { generateComments } from './generate-comments.js'
import { generatePapers } from './generate-papers.js'
import type { GeneratedCollection } from './generated-collection.js'
import { insertCollection } from './insert-collection.js'
import { type LocalMongo, startLocalMongo } from './local-mongo.js'
import { checkWorkspace, type DemoWorkspace, prepareWorkspace } from './workspace.js'

export interface DemoOptions {
  /** @defaultValue 20_000 */
  readonly papers?: number
  /** @defaultValue 60_000 */
  readonly comments?: number
  /** Equal seeds give equal documents, to the byte. @defaultValue 2026 */
  readonly seed?: number
  /** Working folder, for the configuration, the contracts and the lake. @defaultValue `.demo` in the working directory */
  readonly directory?: string
  /** Leaves the server running, and its data in it, until `signal` is aborted. @defaultValue false */
  readonly keep?: boolean
}

/** For `--json`. */
export interface DemoOutcome {
  /** Whether what was reported is what was planted. The command exits with 0 then, else with 1. */
  readonly ok: boolean
  /** Which server it was. */
  readonly mongodb: string
  readonly seed: number
  readonly seconds: number
  readonly datasets: readonly DemoDatasetOutcome[]
  /** Absolute paths. */
  readonly config: string
  readonly lake: string
}

export interface DemoDatasetOutcome {
  readonly dataset: string
  readonly runId: string
  readonly documents: number
  readonly bytes: number
  /** Violations: pairs of a rule and a document. */
  readonly planted: number
  readonly reported: number
  /** Planted and not reported, and the other way round. */
  readonly missing: number
  readonly unexpected: number
  /** Path of the HTML report. */
  readonly report: string
}

/** The database that the demo fills, and drops again when it is somebody's own server. Also in `examples/lakeferry.yaml`. */
export const DEMO_DATABASE = 'lakeferry_demo'

/**
 * The main job on a machine that has nothing: a MongoDB, documents with known defects, export, validation, report; then
 * holds what was reported against what was planted.
 *
 * @throws LakeferryError `DEMO_NO_MONGODB`, `SOURCE_UNREACHABLE`, `USAGE` for a folder that is somebody else's, and
 *   what the use cases throw
 */
export async function runDemo(deps: DemoDeps, options: DemoOptions = {}): Promise<DemoOutcome> {
  const { papers = 20_000, comments = 60_000, seed = 2026, directory = '.demo', keep = false } = options
  const { signal } = deps
  // Before anything is started for it.
  await checkWorkspace(directory)
  const story = new DemoStory(deps.terminal)
  const collections = {
    papers: generatePapers({ count: papers, seed }),
    comments: generateComments({ count: comments, seed, papers }),
  }
  story.begin(collections, seed)

  const mongo = await story.step('MongoDB', async () => {
    const started = await startLocalMongo({ say: line => story.aside(line), signal, ...environment(deps) })
    return { value: started, told: started.description }
  })
  try {
    const workspace = await prepareWorkspace(directory, mongo.configured ? undefined : mongo.uri)
    await fill(mongo, collections, deps, story)
    const outcomes = await ferry(deps, story, workspace, collections)
    const datasets = outcomes.map(outcome => outcome.told)
    const ok = datasets.every(({ missing, unexpected }) => missing === 0 && unexpected === 0)
    story.verdict(outcomes)
    story.whereNext({ workspace, reports: datasets, keep, uri: mongo.uri, configured: mongo.configured })
    const seconds = story.seconds()
    if (keep) await untilAborted(signal)
    const { configFile: config, lake } = workspace
    return { ok, mongodb: mongo.description, seed, seconds, datasets, config, lake }
  } finally {
    if (mongo.configured && !keep) await dropDatabase(mongo.uri)
    await mongo.stop()
  }
}

type Collections = Readonly<Record<'papers' | 'comments', GeneratedCollection<object>>>

async function fill(mongo: LocalMongo, collections: Collections, deps: DemoDeps, story: DemoStory): Promise<void> {
  const client = await MongoClient.connect(mongo.uri, { appName: 'lakeferry demo' })
  try {
    for (const [name, generated] of Object.entries(collections)) {
      await story.step(
        `Fill ${name}`,
        async progress => {
          await insertCollection(client.db(DEMO_DATABASE), name, generated, { progress, signal: deps.signal })
          return { value: undefined, told: story.count(generated.count, 'document') }
        },
        generated.count,
      )
    }
  } finally {
    await client.close()
  }
}

/** What was done to one dataset, for the outcome and for the story. */
export interface FerriedDataset {
  readonly told: DemoDatasetOutcome
  readonly generated: GeneratedCollection<object>
  readonly validation: DemoValidation
  readonly comparison: Comparison
}

async function ferry(
  deps: DemoDeps,
  story: DemoStory,
  workspace: DemoWorkspace,
  collections: Collections,
): Promise<FerriedDataset[]> {
  const ferried: FerriedDataset[] = []
  for (const [dataset, generated] of Object.entries(collections)) {
    const step = (progress: (done: number) => void): DemoStep => {
      deps.signal.throwIfAborted()
      return { configFile: workspace.configFile, dataset, signal: deps.signal, progress }
    }
    const exported = await story.step(
      `Export ${dataset}`,
      async progress => {
        const value: DemoExport = await deps.exportDataset(step(progress))
        const parts = story.count(value.parts, 'part')
        return { value, told: `${story.count(value.documents, 'document')} in ${parts}, ${story.bytes(value.bytes)}` }
      },
      generated.count,
    )
    const { validation, comparison } = await story.step(`Validate ${dataset}`, async progress => {
      const validation: DemoValidation = await deps.validateDataset(step(progress))
      const comparison = await comparePlanted(generated.planted, validation.violations())
      return { value: { validation, comparison }, told: story.verdictOf(validation) }
    })
    const report = await story.step(`Report ${dataset}`, async progress => {
      const value = await deps.writeReport(step(progress))
      return { value, told: basename(value) }
    })
    const { runId, documents, bytes } = exported
    const { planted, reported } = comparison
    // A document that was lost on the way would otherwise only be missed if it had a defect.
    const lost = Math.abs(documents - generated.count)
    const [missing, unexpected] = [comparison.missing.length + lost, comparison.unexpected.length]
    ferried.push({
      told: { dataset, runId, documents, bytes, planted, reported, missing, unexpected, report },
      generated,
      validation,
      comparison,
    })
  }
  return ferried
}

async function dropDatabase(uri: string): Promise<void> {
  const client = await MongoClient.connect(uri)
  try {
    await client.db(DEMO_DATABASE).dropDatabase()
  } finally {
    await client.close()
  }
}

function environment(deps: DemoDeps): { env?: NodeJS.ProcessEnv } {
  return deps.env === undefined ? {} : { env: deps.env }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  // Nothing else keeps this process alive.
  const alive = setInterval(() => undefined, 60_000)
  await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  clearInterval(alive)
}
