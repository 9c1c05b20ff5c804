import { LakeferryError } from '../errors.js'
import type { ObjectStore } from '../ports/object-store.js'

const PUT_IF_ABSENT = 'put-if-absent (If-None-Match: *)'
const PUT_IF_MATCH = 'put-if-match (If-Match)'

/**
 * Shows, by writing, that the lake refuses a second writer: some stores take the conditions of a write and ignore them,
 * and then two exports of one run would both believe that they committed it.
 *
 * @param key of the probe's own object, one that nobody else uses at the same time; it is removed again
 * @throws {@link LakeferryError} `LAKE_NO_CONDITIONAL_WRITE` if a condition is ignored, or what the store raises
 */
export async function probeConditionalWrites(store: ObjectStore, key: string): Promise<void> {
  try {
    await probe(store, key)
  } catch (error) {
    // What is wrong with the lake matters more than what is left on it.
    await store.delete([key]).catch(() => undefined)
    throw error
  }
  await store.delete([key])
}

async function probe(store: ObjectStore, key: string): Promise<void> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(`lakeferry probe, ${text}\n`)
  const refusal = (operation: string): LakeferryError =>
    new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', { lake: store.url, operation })

  // `exists` is what an interrupted probe leaves behind, and no less a refusal.
  await store.putIfAbsent(key, bytes('first'))
  if ((await store.putIfAbsent(key, bytes('second'))) !== 'exists') throw refusal(PUT_IF_ABSENT)

  const stale = await store.head(key)
  if (stale === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: store.url, key })
  if (!(await store.putIfMatch(key, bytes('third'), stale.etag)).written) throw refusal(PUT_IF_MATCH)
  if ((await store.putIfMatch(key, bytes('fourth'), stale.etag)).written) throw refusal(PUT_IF_MATCH)
}
