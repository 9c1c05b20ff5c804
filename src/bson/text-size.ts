import { ByteSink } from './byte-sink.js'

/**
 * From this many bytes of BSON on, text is measured before it is written: 16 MB of control characters are 96 MB of JSON,
 * and a sink that grows to hold them has them twice.
 */
export const MEASURED_BYTES: number = 4 * 1024 * 1024

/** What writers ask a sink for beyond what they then write. */
const SLACK_BYTES = 256

/** Room for what `write` writes, in bytes: found by writing it to nowhere. */
export function measuredSize(write: (sink: ByteSink) => void): number {
  let size = 0
  const nowhere: ByteSink = new ByteSink(64 * 1024, () => {
    size += nowhere.length
    nowhere.clear()
  })
  write(nowhere)
  return size + nowhere.length + SLACK_BYTES
}
