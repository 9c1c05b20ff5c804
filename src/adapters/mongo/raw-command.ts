/**
 * What the driver puts documents into that it has serialised itself. Not in its public interface, which has no way to send
 * BSON as it is: through JavaScript objects field order, duplicate names, `undefined`, symbols and DBPointers would change.
 * package.json pins the driver's version, and tests write through this.
 */
export interface DocumentSequence {
  push(document: object, bytes: Uint8Array): number
}

/** Makes one of documents that are BSON already; `field` is `documents`, `updates` or `deletes`. */
export type Sequencer = (field: string, documents: readonly Uint8Array[]) => DocumentSequence

export async function loadSequencer(): Promise<Sequencer> {
  // @ts-expect-error: the driver has no types for it
  const commands = await import('mongodb/lib/cmap/commands.js')
  const Sequence: new (field: string) => DocumentSequence = commands.default.DocumentSequence
  return (field, documents) => {
    const sequence = new Sequence(field)
    for (const bytes of documents) sequence.push(NO_DOCUMENT, bytes)
    return sequence
  }
}

/** Only looked at when commands are logged. */
const NO_DOCUMENT = {}
