/** The file formats that an export can write, several from one read of the source. */
export const FORMATS = ['parquet', 'ndjson.gz', 'json'] as const

export type Format = (typeof FORMATS)[number]

/** Documents in one `json` chunk, at most: what the Spark jobs that read these folders were written for. */
export const JSON_CHUNK_DOCUMENTS = 1_000

/** `partNumber` counts from 0 for parts and from 1 for JSON chunks, within one run and format. */
export function partName(format: Format, dataset: string, partNumber: number): string {
  if (format === 'json') return `${dataset}_chunk_${partNumber + 1}.json`
  return `part-${String(partNumber).padStart(5, '0')}.${format}`
}
