import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LineageSink } from '../../ports/lineage-sink.js'

/**
 * A file that events are appended to, one a line, as OpenLineage's own clients do with their file transport. It and its folder
 * are made when they are not there. Several processes may append to one file: each line is one write at its end.
 *
 * @param path - absolute
 */
export function openFileSink(path: string): LineageSink {
  let ready: Promise<unknown> | undefined
  return {
    async send(event) {
      ready ??= mkdir(dirname(path), { recursive: true })
      await ready
      await appendFile(path, `${event}\n`)
    },
  }
}
