import { isAbsolute, resolve } from 'node:path'
import { MASK } from '../model/redact-uri.js'
import { byteSize } from './byte-size.js'
import type { EngineConfig, SparkConfig } from './config.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
export interface CheckedEngine {
  readonly kind?: EngineConfig['kind']
  readonly above?: string
  readonly large?: EngineConfig['large']
}

export interface CheckedSpark {
  readonly submit?: string
  readonly master?: string
  readonly jars?: readonly string[]
  readonly conf?: Readonly<Record<string, unknown>>
}

/** @throws {@link LakeferryError} `CONFIG_INVALID` */
export function shapeEngine(engine: CheckedEngine = {}, laid: Laid): EngineConfig {
  const kind = engine.kind ?? (schemaAt(['engine', 'kind'])?.default as EngineConfig['kind'])
  // Read and ignored is a trap, unless the kind of this one time is from outside the file.
  if (kind !== 'auto' && !laid.outside.has('/engine/kind')) {
    for (const name of ['above', 'large'] as const) {
      if (engine[name] === undefined || laid.outside.has(`/engine/${name}`)) continue
      throw invalidSetting(laid, ['engine', name], `it left out where engine.kind is ${kind}`, engine[name])
    }
  }
  return {
    kind,
    aboveBytes: byteSize(laid, ['engine', 'above'], engine.above, { least: 0, most: Number.MAX_SAFE_INTEGER }),
    large: engine.large ?? (schemaAt(['engine', 'large'])?.default as EngineConfig['large']),
  }
}

/**
 * @param places - `base`: the directory of the file; `cwd`: where the person is, for paths from outside the file
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export function shapeSpark(
  spark: CheckedSpark = {},
  laid: Laid,
  { cwd, base }: { cwd: string; base: string },
): SparkConfig {
  const from = (name: string): string => (laid.outside.has(`/spark/${name}`) ? cwd : base)
  const { submit, jars = schemaAt(['spark', 'jars'])?.default as string[] } = spark
  return {
    ...(submit === undefined ? {} : { submit: program(submit, from('submit')) }),
    master: spark.master ?? String(schemaAt(['spark', 'master'])?.default),
    jars: jars.map(jar => resolve(from('jars'), jar)),
    conf: Object.fromEntries(
      Object.entries(spark.conf ?? {}).map(([name, value]) => [name, setting(laid, name, value)]),
    ),
  }
}

/** A plain name is looked for on the PATH; with a `/` it is a path. */
function program(text: string, base: string): string {
  return text.includes('/') && !isAbsolute(text) ? resolve(base, text) : text
}

/** Names of settings whose values are secrets; those that end in `file` or `path` only say where one is. */
const SECRET = /secret|password|token|access\.?key/i

function setting(laid: Laid, name: string, value: unknown): string {
  const path = ['spark', 'conf', name]
  if (!/^spark\.\S+$/.test(name)) throw invalidSetting(laid, path, 'a setting of Spark, which begin with spark.', name)
  if (SECRET.test(name) && !/(file|path|provider|class)$/i.test(name))
    throw invalidSetting(
      laid,
      path,
      'no secret here, where the list of processes shows it: spark-defaults.conf has room',
      value,
      MASK,
    )
  if (typeof value === 'string' && value !== '') return value
  if (['number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  throw invalidSetting(laid, path, 'text, a number, true or false', value)
}
