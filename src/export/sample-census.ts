import { CensusTaker } from '../bson/census-taker.js'
import { viewOf } from '../bson/walk.js'
import type { Census } from '../model/census.js'
import type { SourceSnapshot } from '../ports/document-source.js'

/** Documents looked at to choose columns where there is no contract. */
const SAMPLE_DOCUMENTS = 1_000

/** A census of some documents of a collection: for what its fields are like, before all of them have been read. */
export async function sampleCensus(snapshot: SourceSnapshot, signal?: AbortSignal): Promise<Census> {
  const { bytes, starts } = await snapshot.sample(SAMPLE_DOCUMENTS, signal)
  const taker = new CensusTaker()
  const view = viewOf(bytes)
  for (const start of starts) taker.add(bytes, view, start)
  return taker.census()
}
