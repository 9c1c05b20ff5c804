import type { RunEvent } from '../model/run-event.js'
import { type Facet, LineageFacets } from './lineage-facets.js'
import { lineageRunId } from './lineage-id.js'
import { collectionName, type LineageName, lakeDatasetName } from './lineage-names.js'

export interface LineageOptions {
  /** Of the jobs. */
  readonly namespace: string
  /** Of this program. */
  readonly version: string
  readonly source: { readonly uri: string; readonly database: string }
  readonly lakeUrl: string
  /** Collection by the name of the dataset. */
  readonly collections: ReadonlyMap<string, string>
}

type Facets = Readonly<Record<string, Facet>>

interface LineageDataset extends LineageName {
  readonly facets?: Facets
  readonly inputFacets?: Facets
  readonly outputFacets?: Facets
}

/** https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent */
export interface LineageEvent {
  readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT'
  readonly eventTime: string
  readonly run: { readonly runId: string; readonly facets: Facets }
  readonly job: LineageName & { readonly facets: Facets }
  readonly inputs: readonly LineageDataset[]
  readonly outputs: readonly LineageDataset[]
  readonly producer: string
  readonly schemaURL: string
}

const SCHEMA_URL = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'

type Step = 'export' | 'validation'

/**
 * OpenLineage events of runs: the export of a dataset is a job that reads a collection and writes a dataset of the lake, its
 * validation one that reads it. Each attempt at a step is one lineage run: START, then COMPLETE, FAIL or ABORT (when somebody
 * stopped it).
 */
export class Lineage {
  readonly #options: LineageOptions
  readonly #facets: LineageFacets
  /** Lineage run id of the step under way, by dataset. */
  readonly #open = new Map<string, string>()

  constructor(options: LineageOptions) {
    this.#options = options
    this.#facets = new LineageFacets(options.version)
  }

  /** What is to be sent for an event, in order. */
  take(event: RunEvent): readonly LineageEvent[] {
    const { dataset } = event
    switch (event.event) {
      case 'export.started':
        return [this.#begin(event, 'export')]
      case 'validation.started':
        return [this.#begin(event, 'validation')]
      case 'export.committed':
        return this.#end(event, 'export', 'COMPLETE')
      case 'validation.finished':
        return this.#end(event, 'validation', 'COMPLETE')
      case 'run.failed': {
        // One that failed before it was begun has no START yet, and the specification wants one.
        const start = this.#open.has(dataset) ? [] : [this.#begin(event, event.step)]
        return [...start, ...this.#end(event, event.step, event.interrupted ? 'ABORT' : 'FAIL')]
      }
      case 'run.finished':
        return []
    }
  }

  #begin(event: RunEvent, step: Step): LineageEvent {
    const id = lineageRunId(event.at, event.dataset, step, event.runId ?? '')
    this.#open.set(event.dataset, id)
    return this.#event(event, step, id, 'START')
  }

  #end(event: RunEvent, step: Step, eventType: LineageEvent['eventType']): readonly LineageEvent[] {
    const id = this.#open.get(event.dataset)
    this.#open.delete(event.dataset)
    return id === undefined ? [] : [this.#event(event, step, id, eventType)]
  }

  #event(event: RunEvent, step: Step, id: string, eventType: LineageEvent['eventType']): LineageEvent {
    const { namespace } = this.#options
    const { at, dataset } = event
    const facets = { jobType: this.#facets.jobType() }
    return {
      eventType,
      eventTime: at,
      run: { runId: id, facets: this.#runFacets(event, step, eventType) },
      job: { namespace, name: `${dataset}.${step === 'export' ? 'export' : 'validate'}`, facets },
      inputs: step === 'export' ? [this.#collection(dataset)] : [this.#dataset(event)],
      outputs: step === 'export' ? [this.#dataset(event)] : [],
      producer: this.#facets.producer,
      schemaURL: SCHEMA_URL,
    }
  }

  #runFacets(event: RunEvent, step: Step, eventType: LineageEvent['eventType']): Facets {
    const { dataset, runId = null, slot } = event
    const about = { runId, dataset, step }
    const gated =
      event.event === 'validation.finished'
        ? { gate: event.gate.outcome, ...(event.result === undefined ? {} : { status: event.result.status }) }
        : {}
    // Not in the START that what failed at once is given.
    const failure = event.event === 'run.failed' && eventType !== 'START' ? event : undefined
    return {
      lakeferry_run: this.#facets.ownRun({ ...about, ...gated, ...(failure && { code: failure.code }) }),
      ...(slot === undefined ? {} : { nominalTime: this.#facets.nominalTime(slot.at) }),
      ...this.#engine(event, step),
      ...(failure && { errorMessage: this.#facets.errorMessage(`${failure.code}: ${failure.message}`) }),
    }
  }

  /** The version of a validation's engine is known once it has answered. */
  #engine(event: RunEvent, step: Step): Facets {
    if (step === 'export')
      return { processing_engine: this.#facets.processingEngine('lakeferry', this.#options.version) }
    if (event.event !== 'validation.finished' || event.engineVersion === undefined) return {}
    return { processing_engine: this.#facets.processingEngine(event.engine, event.engineVersion) }
  }

  #collection(dataset: string): LineageDataset {
    const { source, collections } = this.#options
    const name = collectionName(source.uri, source.database, collections.get(dataset) ?? dataset)
    return { ...name, facets: { dataSource: this.#facets.dataSource(name) } }
  }

  #dataset(event: RunEvent): LineageDataset {
    const name = lakeDatasetName(this.#options.lakeUrl, event.dataset)
    const dataSource = this.#facets.dataSource(name)
    if (!('manifest' in event)) return { ...name, facets: { dataSource } }
    const { manifest } = event
    const [schema, version] = [this.#facets.schema(manifest.columns), this.#facets.version(manifest.runId)]
    const dataset = { ...name, facets: { dataSource, schema, version } }
    if (event.event === 'export.committed') {
      return { ...dataset, outputFacets: { outputStatistics: this.#facets.outputStatistics(manifest) } }
    }
    if (event.event !== 'validation.finished') return dataset
    const assertions =
      event.result === undefined ? {} : { dataQualityAssertions: this.#facets.dataQualityAssertions(event.result) }
    return { ...dataset, inputFacets: { dataQualityMetrics: this.#facets.dataQualityMetrics(manifest), ...assertions } }
  }
}
