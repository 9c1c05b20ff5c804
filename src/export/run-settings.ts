import { DEFAULT_COMPRESSION, PART_BYTES } from '../model/part-options.js'
import { DEFAULT_MEMORY_BYTES } from './limits.js'
import { orderedFormats, planResources, type Resources } from './plan.js'
import type { ExportDeps, ExportRequest } from './request.js'
import type { RunSettings } from './run-plan.js'

/** What the parts of the run will depend on, defaults filled in. */
export function settingsOf({ source }: ExportDeps, request: ExportRequest): RunSettings {
  return {
    server: source.server,
    database: source.database,
    collection: request.collection,
    filter: request.filter ?? null,
    formats: orderedFormats(request.formats),
    compression: request.compression ?? DEFAULT_COMPRESSION,
    partBytes: request.partBytes ?? PART_BYTES.default,
    partitionBy: request.partitionBy ?? null,
    contract: request.contract?.fingerprint ?? null,
    tool: request.tool,
  }
}

/** @throws {@link LakeferryError} `LIMITS_TOO_SMALL` */
export function resourcesFor(request: ExportRequest, { formats, partBytes, partitionBy }: RunSettings): Resources {
  return planResources({
    memoryBytes: request.memoryBytes ?? DEFAULT_MEMORY_BYTES,
    partBytes,
    formats,
    partitioned: partitionBy !== null,
    ...(request.workers === undefined ? {} : { workers: request.workers }),
  })
}
