import { MASK, redactUri } from '../model/redact-uri.js'
import { variableText } from './interpolate.js'
import type { Laid } from './overlay.js'
import { pathsOf, valueAt } from './setting-paths.js'
import { SETTINGS } from './settings.js'
import { pointerOf } from './yaml-tree.js'

/** Where a value came from. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'file' | 'default'
  /** `--engine`; `LAKEFERRY_LAKE_URL`; `lakeferry.yaml:4` with the variables it reads; nothing for a default. */
  readonly detail: string
  /** The value as it may be shown: secrets masked. */
  readonly shown: string
}

/** Key, such as `datasets.papers.formats`, to where its value came from. In the order of the schema. */
export type Origins = ReadonlyMap<string, Origin>

export function originsOf(laid: Laid): Origins {
  const origins = new Map<string, Origin>()
  for (const { key, schema } of SETTINGS) {
    for (const path of pathsOf(key, laid.value)) {
      const given = valueAt(laid.value, path)
      const value = given ?? schema.default
      if (value === undefined) continue
      const outside = laid.outside.get(pointerOf(path))
      const place = laid.places.get(pointerOf(path))
      const shown = schema.writeOnly ? MASK : shownValue(value)
      const file = `${laid.file}:${place?.line}${variableText(place?.variables ?? [])}`
      const origin = outside
        ? { from: outside.from, detail: outside.name, shown }
        : given === undefined
          ? { from: 'default' as const, detail: '', shown }
          : { from: 'file' as const, detail: file, shown }
      origins.set(path.join('.'), origin)
    }
  }
  return origins
}

/** One line a setting, for --verbose: `lake.url = file:./lake  (lakeferry.yaml:4)`. */
export function originLines(origins: Origins): string[] {
  return [...origins].map(
    ([key, { from, detail, shown }]) =>
      `${key} = ${shown}  (${from === 'environment' ? `environment ${detail}` : detail || from})`,
  )
}

function shownValue(value: unknown): string {
  if (typeof value === 'string') return redactUri(value)
  return JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? Number(member) : member))
}
