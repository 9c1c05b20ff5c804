/**
 * Numbers that Parquet's metadata is written in, as far as we use them.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

export const PHYSICAL = { boolean: 0, int32: 1, int64: 2, double: 5, byteArray: 6, fixedLengthByteArray: 7 } as const
export type Physical = keyof typeof PHYSICAL

export const REPETITION = { optional: 1, repeated: 2 } as const
export type Repetition = keyof typeof REPETITION

/** The older annotation, which readers before 2018 look at; written beside the newer wherever there is one. */
export const CONVERTED = { utf8: 0, list: 3, decimal: 5, timestampMillis: 9 } as const

/** Field of the `LogicalType` union. */
export const LOGICAL = { string: 1, list: 3, decimal: 5, timestamp: 8 } as const
export type Logical = keyof typeof LOGICAL

export const ENCODING = { plain: 0, rle: 3, rleDictionary: 8 } as const

export const PAGE = { data: 0, dictionary: 2 } as const
