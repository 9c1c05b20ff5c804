import { deserialize } from 'bson'
import { LakeferryError } from '../../src/errors.js'
import type { DocumentSink, RefusedDocument } from '../../src/ports/document-sink.js'
import type { DocumentSource } from '../../src/ports/document-source.js'
import { arraySource } from '../support/array-source.js'

/**
 * Collections that keep what they are given to the byte, as mongod does and the test server does not: it decodes and
 * encodes each document, whereby undefined becomes null, symbols strings, and of two fields of one name the first goes.
 * What a server does by itself is tested on the real one.
 */
export class MemoryCollections implements DocumentSink {
  readonly server = 'memory'
  readonly database = 'test'
  readonly documents: Map<string, Uint8Array[]> = new Map()

  async count(collection: string): Promise<number> {
    return this.documents.get(collection)?.length ?? 0
  }

  async drop(collection: string): Promise<void> {
    this.documents.delete(collection)
  }

  async insert(collection: string, documents: readonly Uint8Array[]): Promise<readonly RefusedDocument[]> {
    const there = this.documents.get(collection) ?? []
    this.documents.set(collection, there)
    // A whole command is refused for one document that is no UTF-8, as by the test server.
    for (const document of documents) {
      try {
        deserialize(document, { promoteValues: false })
      } catch (error) {
        const reason = (error as Error).message
        throw new LakeferryError('SINK_INTERRUPTED', { namespace: `test.${collection}`, written: 0, reason })
      }
    }
    const refused: RefusedDocument[] = []
    for (const [index, document] of documents.entries()) {
      const id = idOf(document)
      if (there.some(other => idOf(other) === id)) refused.push({ index, reason: `E11000 duplicate key ${id}` })
      else there.push(document.slice())
    }
    return refused
  }

  async close(): Promise<void> {}

  /** Reads them back. */
  async openSource(collection: string): Promise<DocumentSource> {
    return arraySource(this.documents.get(collection) ?? [])
  }
}

function idOf(document: Uint8Array): string {
  return JSON.stringify(deserialize(document, { promoteValues: false })['_id'])
}
