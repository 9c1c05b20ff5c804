import { dirname, resolve } from 'node:path'
import { LakeferryError, reasonOf } from '../errors.js'
import { parseDuration } from '../model/duration.js'
import type { Format } from '../model/format.js'
import { whereIn } from './check-tree.js'
import type { Config, DatasetConfig, LakeConfig, ReadPreferenceMode } from './config.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
interface Checked {
  readonly source: {
    readonly uri: string
    readonly database: string
    readonly readPreference?: ReadPreferenceMode
    readonly concurrency?: number
  }
  readonly lake: LakeConfig
  readonly datasets?: Readonly<Record<string, CheckedDataset>>
  readonly engine?: { readonly kind?: 'duckdb' }
  readonly monitor?: { readonly freshness?: string }
}

interface CheckedDataset {
  readonly collection: string
  readonly contract?: string
  readonly formats?: readonly Format[]
  readonly filter?: unknown
}

/** Checked values as a {@link Config}: defaults filled in, paths absolute, the filter as text. */
export async function shapeConfig(laid: Laid, { cwd, file }: { cwd: string; file: string }): Promise<Config> {
  const { source, lake, datasets = {}, engine, monitor } = laid.value as Checked
  const readPreference = source.readPreference ?? readPreferenceBeside(source.uri)
  // A path in the file is relative to the file; one from outside to where the person is.
  const base = laid.outside.has('/lake/url') ? cwd : dirname(file)
  const names = [...laid.places.keys()].flatMap(pointer => /^\/datasets\/([^/]+)$/.exec(pointer)?.[1] ?? [])
  const shaped: DatasetConfig[] = []
  for (const name of names) shaped.push(await shapeDataset(name, datasets[name] as CheckedDataset, laid, dirname(file)))
  return {
    source: { ...source, ...(readPreference === undefined ? {} : { readPreference }) },
    lake: { ...lake, url: absoluteLakeUrl(lake.url, base) },
    datasets: shaped,
    engine: { kind: engine?.kind ?? (schemaAt(['engine', 'kind'])?.default as 'duckdb') },
    monitor: { freshnessSeconds: freshnessSeconds(laid, monitor?.freshness) },
  }
}

async function shapeDataset(name: string, dataset: CheckedDataset, laid: Laid, base: string): Promise<DatasetConfig> {
  const { collection, contract, formats = schemaAt(['datasets', name, 'formats'])?.default as Format[] } = dataset
  return {
    name,
    collection,
    formats,
    ...(contract === undefined ? {} : { contract: resolve(base, contract) }),
    ...(dataset.filter === undefined ? {} : { filter: await shapeFilter(name, dataset.filter, laid) }),
  }
}

async function shapeFilter(name: string, filter: unknown, laid: Laid): Promise<string> {
  const path = ['datasets', name, 'filter']
  // It needs BSON's library, which most configurations do not.
  const { filterText } = await import('./filter-text.js')
  try {
    return filterText(filter, path, laid.places)
  } catch (error) {
    const details = { ...whereIn(laid)(path), key: path.join('.'), wanted: 'Extended JSON', got: reasonOf(error) }
    throw new LakeferryError('CONFIG_INVALID', details, { cause: error })
  }
}

function freshnessSeconds(laid: Laid, text = String(schemaAt(['monitor', 'freshness'])?.default)): number {
  const seconds = parseDuration(text)
  if (seconds !== undefined) return seconds
  const where = whereIn(laid)(['monitor', 'freshness'])
  const wanted = schemaAt(['monitor', 'freshness'])?.title ?? 'a duration'
  throw new LakeferryError('CONFIG_INVALID', { ...where, key: 'monitor.freshness', wanted, got: JSON.stringify(text) })
}

/** Exports are long reads that can wait for a secondary: that is the default, unless the connection string has its own. */
function readPreferenceBeside(uri: string): ReadPreferenceMode | undefined {
  return /[?&]readPreference=/i.test(uri) ? undefined : 'secondaryPreferred'
}

/** Taken as it is typed, without percent-decoding, as a shell would: `file:///lake` and `file:/lake` are one. */
function absoluteLakeUrl(url: string, base: string): string {
  return url.startsWith('file:') ? `file:${resolve(base, url.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))}` : url
}
