/** The file formats that an export can write, several from one read of the source. */
export const FORMATS = ['parquet', 'ndjson.gz', 'json', 'ejson.gz', 'bson.gz'] as const

export type Format = (typeof FORMATS)[number]

/** Those that documents can be read back from as they were, byte for byte; the one that costs less to read first. */
export const LOSSLESS_FORMATS: readonly Format[] = ['bson.gz', 'ejson.gz']

/** Documents in one `json` chunk, at most: what the Spark jobs that read these folders were written for. */
export const JSON_CHUNK_DOCUMENTS = 1_000

/** A `json` chunk ends early with the document that brings its text to this many bytes: it is one line, read whole. */
export const JSON_CHUNK_BYTES: number = 16 * 1024 * 1024

/** `partNumber` counts from 0 for parts and from 1 for JSON chunks, within one run and format. */
export function partName(format: Format, dataset: string, partNumber: number): string {
  if (format === 'json') return `${dataset}_chunk_${partNumber + 1}.json`
  return `part-${String(partNumber).padStart(5, '0')}.${format}`
}
