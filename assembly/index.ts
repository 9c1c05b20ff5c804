/** Memory of so many bytes; it comes with whatever was in it. */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes)
}

export function release(pointer: usize): void {
  heap.free(pointer)
}

export {
  beginCensus,
  censusDocuments,
  censusRoot,
  countDocument,
  isCensusTruncated,
  uncountDocument,
  watchIds,
} from './census'
export { newColumn, setChild, setFields, setLeaf } from './column'
export { clearFingerprints, fingerprints, fingerprintsAt } from './id-fingerprint'
export { addField, newFieldTable } from './field-table'
export { clearLeaf, newLeaf, putText } from './leaf'
export { addColumn, notesAt, setUpColumns, shredDocument } from './shred'
export {
  clearDictionary,
  dictionaryBytes,
  dictionaryEntries,
  dictionaryLength,
  newDictionary,
} from './dictionary'
export { makePage, pageAt, pageIsIndexed, releasePage } from './page'
export { boundsAt, makeBounds } from './statistics'
export { writeJson } from './json-text'
