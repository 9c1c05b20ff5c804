import { writeBase64 } from '../bson/binary-text.js'
import { ByteSink } from '../bson/byte-sink.js'
import type { RejectReason } from '../bson/check-document.js'
import { idExtendedJson } from '../bson/id-text.js'
import { canonicalJson } from '../model/canonical-json.js'

/** Memory to begin with. */
const FIRST_BYTES = 4096

/**
 * Documents that no format can carry faithfully, as lines of `_rejects/`: `{"_id", "bson", "reason": {"code", "detail", "path"}}`,
 * the raw bytes in base64, so that nothing is lost and a person can look.
 */
export class RejectLines {
  readonly #sink = new ByteSink(FIRST_BYTES)
  count = 0

  add(bytes: Uint8Array, view: DataView, start: number, end: number, reason: RejectReason): void {
    this.count++
    const sink = this.#sink
    const id = Buffer.from(canonicalJson(idOrNull(bytes, view, start)))
    const why = Buffer.from(canonicalJson(reason))
    sink.reserve(id.length + Math.ceil((end - start) / 3) * 4 + why.length + 64)
    sink.ascii('{"_id":')
    sink.copy(id, 0, id.length)
    sink.ascii(',"bson":"')
    writeBase64(sink, bytes, start, end)
    sink.ascii('","reason":')
    sink.copy(why, 0, why.length)
    sink.ascii('}\n')
  }

  /** Undefined when there is none. Their memory goes with them. */
  lines(): Uint8Array | undefined {
    return this.count === 0 ? undefined : this.#sink.view()
  }
}

/** A malformed document may not even have a readable `_id`; its bytes and its reason are what counts then. */
function idOrNull(bytes: Uint8Array, view: DataView, start: number): string | null {
  try {
    return idExtendedJson(bytes, view, start)
  } catch {
    return null
  }
}
