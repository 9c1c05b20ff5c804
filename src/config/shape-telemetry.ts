import type { TelemetryConfig } from './config.js'
import { absoluteFileUrl } from './file-address.js'
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
    ...(lineage === undefined ? {} : { lineage: absoluteFileUrl(lineage, from) }),
    namespace: namespace ?? String(schemaAt(['telemetry', 'namespace'])?.default),
  }
}
