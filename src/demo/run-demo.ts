import type { DemoDeps, ServedDashboard } from './demo-deps.js'
import { DemoStory } from './demo-story.js'
import { ferry } from './ferry.js'
import { dropDatabase, fill, fillNightByNight } from './fill.js'
import { generateComments } from './generate-comments.js'
import { generatePapers } from './generate-papers.js'
import { startLocalMongo } from './local-mongo.js'
import { checkWorkspace, prepareWorkspace } from './workspace.js'

export interface DemoOptions {
  /** @defaultValue 20_000 */
  readonly papers?: number
  /** @defaultValue 60_000 */
  readonly comments?: number
  /** Equal seeds give equal documents, to the byte. @defaultValue 2026 */
  readonly seed?: number
  /** Working folder, for the configuration, the contracts and the lake. @defaultValue `.demo` in the working directory */
  readonly directory?: string
  /**
   * Has runs of earlier nights, too, and serves the dashboard; it, the server and its data stay until `signal` is aborted.
   * @defaultValue false
   */
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
  /** Where it was, with `keep`. */
  readonly dashboard: string | null
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
  let served: ServedDashboard | undefined
  try {
    const workspace = await prepareWorkspace(directory, mongo.configured ? undefined : mongo.uri)
    const { configFile: config, lake } = workspace
    const filling = { uri: mongo.uri, collections, deps, story, configFile: config }
    await fill(filling, keep ? await fillNightByNight(filling) : {})
    const outcomes = await ferry(deps, story, workspace, collections)
    if (keep) served = await deps.serve(config)
    const dashboard = served?.url ?? null
    const datasets = outcomes.map(outcome => outcome.told)
    const ok = datasets.every(({ missing, unexpected }) => missing === 0 && unexpected === 0)
    story.verdict(outcomes)
    story.whereNext({ workspace, reports: datasets, dashboard, uri: mongo.uri, configured: mongo.configured })
    const seconds = story.seconds()
    if (keep) await untilAborted(signal)
    return { ok, mongodb: mongo.description, seed, seconds, datasets, config, lake, dashboard }
  } finally {
    await served?.close()
    if (mongo.configured) await dropDatabase(mongo.uri)
    await mongo.stop()
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
