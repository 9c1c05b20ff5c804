import type { RejectReason } from '../bson/check-document.js'
import { idExtendedJson } from '../bson/id-text.js'
import { canonicalJson } from '../model/canonical-json.js'

const encoder = new TextEncoder()

/**
 * Documents that no format can carry faithfully, as lines of `_rejects/`: `{"_id", "bson", "reason": {"code", "detail", "path"}}`,
 * the raw bytes in base64, so that nothing is lost and a person can look.
 */
export class RejectLines {
  readonly #lines: string[] = []

  get count(): number {
    return this.#lines.length
  }

  add(bytes: Uint8Array, view: DataView, start: number, end: number, reason: RejectReason): void {
    const bson = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('base64')
    this.#lines.push(`${canonicalJson({ _id: idOrNull(bytes, view, start), bson, reason })}\n`)
  }

  lines(): Uint8Array | undefined {
    return this.#lines.length === 0 ? undefined : encoder.encode(this.#lines.join(''))
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
