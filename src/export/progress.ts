export interface ExportProgress {
  /** Documents transcoded so far. */
  readonly documents: number
  /** By the server's own estimate; 0 when unknown. */
  readonly expected: number
  /** Bytes of BSON transcoded so far. */
  readonly bytes: number
}
