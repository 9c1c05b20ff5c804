import { serialize } from 'bson'
import { openMongoSink } from '../dist/adapters/mongo/mongo-sink.js'
import { generateComments } from '../dist/demo/generate-comments.js'
import { madePapers } from './made-papers.mjs'
import { realPapers } from './real-papers.mjs'

const SEED = 1
const BATCH_DOCUMENTS = 2_000

/**
 * Writes each collection anew, the same documents whenever it is called, and tells what is in them.
 *
 * @param collections name to number of documents; `comments` are made, and are on the papers of `papers`
 */
export async function fillCollections({ uri, database, papers, collections, say }) {
  const sink = await openMongoSink({ uri, database })
  const filled = {}
  const fields = new Set()
  try {
    for (const [name, count] of Object.entries(collections)) {
      say(`writing ${count} documents into ${name}`)
      const source =
        name === 'comments'
          ? generateComments({ count, seed: SEED, papers: collections.papers })
          : papers === ''
            ? madePapers(count, SEED)
            : realPapers(papers, SEED)
      await sink.drop(name)
      let bytes = 0
      let written = Promise.resolve([])
      for (let from = 0; from < count; from += BATCH_DOCUMENTS) {
        const batch = []
        for (let index = from; index < Math.min(count, from + BATCH_DOCUMENTS); index++) {
          const document = source.document(index)
          for (const field of Object.keys(document)) fields.add(field)
          const bson = serialize(document)
          bytes += bson.length
          batch.push(bson)
        }
        // The server writes one batch while the next is made.
        refuse(await written)
        written = sink.insert(name, batch)
        written.catch(() => undefined)
      }
      refuse(await written)
      filled[name] = { documents: count, bytes, distinct: source.distinct }
    }
  } finally {
    await sink.close()
  }
  return { filled, fields: fields.size }
}

function refuse(refused) {
  if (refused.length > 0) throw new Error(`the server refused a document: ${refused[0].reason}`)
}
