import { latestRun, readManifestIfCommitted } from '../../catalog/catalog.js'
import { listUnfinished } from '../../catalog/run-listing.js'
import type { DatasetConfig } from '../../config/config.js'
import type { ExportOutcome } from '../../export/request.js'
import { referencedDatasets } from '../../model/contract.js'
import { lakeKey } from '../../model/lake-key.js'
import { newRunId, parseRunId, type RunId } from '../../model/run-id.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { Contracts } from './contracts.js'

/**
 * The datasets in the order of their exports: those with foreign keys before those that the keys point into. A comment
 * that was exported has a paper that was there by then, so that an export of papers which begins later finds it; the other
 * way round, whatever is inserted in between would look like an orphan. Otherwise the order stays; where they
 * refer to each other in a ring, too.
 */
export function exportOrder(datasets: readonly DatasetConfig[], contracts: Contracts): readonly DatasetConfig[] {
  const left = [...datasets]
  const ordered: DatasetConfig[] = []
  while (left.length > 0) {
    const free = left.findIndex(
      ({ name }) => !left.some(other => other.name !== name && refers(other, name, contracts)),
    )
    ordered.push(...left.splice(Math.max(0, free), 1))
  }
  return ordered
}

function refers({ name }: DatasetConfig, to: string, contracts: Contracts): boolean {
  const contract = contracts.get(name)
  return contract !== undefined && referencedDatasets(contract).includes(to)
}

/** What the export of one dataset in a cycle is: of a new run, or one that the cycle has already. */
export type CycleExport =
  | { readonly kind: 'export'; readonly runId: RunId | undefined }
  | { readonly kind: 'committed'; readonly outcome: ExportOutcome }

/** The exports of several datasets at one time. One run id is that of all of them. */
export class Cycle {
  readonly #lake: ObjectStore
  readonly #resume: boolean
  /** Asked for, or that of the newest run that was broken off. */
  readonly #left: RunId | undefined
  /** Of what begins now. */
  readonly #fresh: RunId
  /** Datasets that have a run to be finished. */
  readonly #unfinished: ReadonlySet<string>

  constructor(
    lake: ObjectStore,
    resume: boolean,
    left: RunId | undefined,
    fresh: RunId,
    unfinished: ReadonlySet<string>,
  ) {
    this.#lake = lake
    this.#resume = resume
    this.#left = left
    this.#fresh = fresh
    this.#unfinished = unfinished
  }

  /** @throws {@link LakeferryError} `RUN_ID_INVALID` */
  static async begin(
    lake: ObjectStore,
    datasets: readonly DatasetConfig[],
    { runId, resume, now }: { readonly runId: string | undefined; readonly resume: boolean; readonly now: Date },
  ): Promise<Cycle> {
    if (runId !== undefined) {
      const asked = parseRunId(runId)
      return new Cycle(lake, resume, asked, asked, new Set())
    }
    const unfinished = new Set<string>()
    let left: RunId | undefined
    for (const { name } of resume ? datasets : []) {
      const runs = await listUnfinished(lake, name, now)
      if (runs.length > 0) unfinished.add(name)
      const gone = runs.findLast(run => run.state === 'gone')?.runId
      if (gone !== undefined && (left === undefined || gone > left)) left = gone
    }
    return new Cycle(lake, resume, left, newRunId(now), unfinished)
  }

  async exportOf(dataset: string): Promise<CycleExport> {
    // The export finds what was left by itself, and says so when somebody is still at it.
    if (this.#unfinished.has(dataset)) return { kind: 'export', runId: undefined }
    const left = this.#left
    if (!this.#resume || left === undefined) return { kind: 'export', runId: this.#fresh }
    const manifest = await readManifestIfCommitted(this.#lake, dataset, left)
    if (manifest !== undefined) {
      const warnings = [`The run was committed before, at ${manifest.committedAt}, and stays as it is.`]
      const [manifestKey, resumed] = [lakeKey.manifest(dataset, left), manifest.documents]
      return { kind: 'committed', outcome: { runId: left, manifest, manifestKey, seconds: 0, resumed, warnings } }
    }
    // A later cycle has been there since: what begins now must not be older than what is there.
    const newest = await latestRun(this.#lake, dataset)
    const late = left !== this.#fresh && newest !== undefined && newest > left
    return { kind: 'export', runId: late ? this.#fresh : left }
  }
}
