/**
 * What `assembly/index.ts` exports. Numbers are addresses in linear memory and lengths in bytes, unless they say otherwise;
 * an answer of yes or no is 1 or 0.
 */
export interface HotExports {
  readonly allocate: (bytes: number) => number
  readonly release: (address: number) => void

  /** @param hashMultiplier - odd */
  readonly beginCensus: (hashMultiplier: number, maxPaths: number, maxPathBytes: number) => void
  readonly countDocument: (start: number, end: number) => number
  readonly uncountDocument: (start: number, end: number) => void
  readonly censusRoot: () => number
  readonly censusDocuments: () => number
  readonly isCensusTruncated: () => number

  /** From now on `countDocument` keeps a fingerprint of the `_id` of each sound document. */
  readonly watchIds: () => void
  readonly fingerprints: () => number
  readonly fingerprintsAt: () => number
  readonly clearFingerprints: () => void

  /** The levels are the greatest there may be. */
  readonly newLeaf: (physical: number, definition: number, repetition: number) => number
  readonly clearLeaf: (leaf: number) => void
  readonly putText: (leaf: number, repetition: number, from: number, size: number) => void

  readonly newFieldTable: (fields: number) => number
  /** @param size - of the name with its NUL; it is copied */
  readonly addField: (table: number, name: number, size: number, column: number) => void
  readonly newColumn: (kind: number, leaves: number, children: number, definition: number, repetition: number) => number
  readonly setLeaf: (column: number, index: number, leaf: number) => void
  readonly setChild: (column: number, index: number, child: number) => void
  readonly setFields: (column: number, table: number) => void
  readonly setUpColumns: (count: number) => void
  readonly addColumn: (column: number, name: number, size: number) => void
  /** How many notes it left, or -1 for a field that is there twice. */
  readonly shredDocument: (start: number, end: number) => number
  readonly notesAt: () => number

  /** @param width - of each value in bytes, or 0 where each begins with its length */
  readonly newDictionary: (width: number) => number
  readonly clearDictionary: (dictionary: number) => void
  readonly dictionaryEntries: (dictionary: number) => number
  readonly dictionaryBytes: (dictionary: number) => number
  readonly dictionaryLength: (dictionary: number) => number
  /** The page's length. @param dictionary - 0 for none */
  readonly makePage: (leaf: number, dictionary: number) => number
  readonly pageAt: () => number
  readonly pageIsIndexed: () => number
  readonly releasePage: () => void
  /** 0 where there are none, 1 where there are, 2 where a value is NaN. */
  readonly makeBounds: (leaf: number) => number
  readonly boundsAt: () => number

  /**
   * Writes a document as plain JSON to memory from `out` up to, not including, `border`.
   *
   * @returns its length, or 0 where there is no room or a value of a rare type: then there may be anything
   */
  readonly writeJson: (start: number, end: number, out: number, border: number) => number
}
