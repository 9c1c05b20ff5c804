import { resolve } from 'node:path'
import type { TelemetryConfig } from './config.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
export interface CheckedTelemetry {
  readonly log?: 'auto' | 'json'
  readonly traces?: string
  readonly lineage?: string
  readonly namespace?: string
}

/** Defaults filled in, the path of a lineage file absolute: relative to the file, or from outside to where the person is. */
export function shapeTelemetry(
  { log, traces, lineage, namespace }: CheckedTelemetry = {},
  laid: Laid,
  { cwd, base }: { readonly cwd: string; readonly base: string },
): TelemetryConfig {
  const from = laid.outside.has('/telemetry/lineage') ? cwd : base
  return {
    ...(log === 'json' ? { log } : {}),
    ...(traces === undefined ? {} : { traces }),
    ...(lineage === undefined ? {} : { lineage: absolute(lineage, from) }),
    namespace: namespace ?? String(schemaAt(['telemetry', 'namespace'])?.default),
  }
}

/** As `lake.url` is taken: without percent-decoding, `file:///log` and `file:/log` being one. */
function absolute(lineage: string, base: string): string {
  if (!lineage.startsWith('file:')) return lineage
  return `file:${resolve(base, lineage.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))}`
}
