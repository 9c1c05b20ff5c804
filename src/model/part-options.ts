/** How the parts of a run are compressed. */
export interface Compression {
  /** Codec of Parquet pages. */
  readonly parquet: ParquetCodec
  /** 1 (fast) to 19 (small), where `parquet` is `zstd`. */
  readonly zstdLevel: number
  /** 1 (fast) to 9 (small), of `ndjson.gz`, `ejson.gz` and `bson.gz`, and of Parquet where its codec is `gzip`. */
  readonly gzipLevel: number
}

export const PARQUET_CODECS = ['zstd', 'snappy', 'gzip', 'none'] as const

export type ParquetCodec = (typeof PARQUET_CODECS)[number]

/** The fast end of each: measured, the slow ends cost several times the time for a tenth of the size. */
export const DEFAULT_COMPRESSION: Compression = { parquet: 'zstd', zstdLevel: 1, gzipLevel: 1 }

/** Bytes of BSON that make one part of each format, and their bounds, inclusive. */
export const PART_BYTES: { readonly default: number; readonly least: number; readonly most: number } = {
  default: 16 * 1024 * 1024,
  least: 1024 * 1024,
  most: 256 * 1024 * 1024,
}

/** Hive-style folders, `<format>/<folder>=<value>/part-…`, so that engines read only those that a query needs. */
export interface Partitioning {
  /** A top-level field. */
  readonly field: string
  /** Of a date: which part of it, in UTC. Undefined: the value itself. */
  readonly date?: DatePart
}

export const DATE_PARTS = ['day', 'month', 'year'] as const

export type DatePart = (typeof DATE_PARTS)[number]
