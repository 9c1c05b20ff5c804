import type { Column } from '../../model/column.js'
import type { Format } from '../../model/format.js'
import { JsonChunkEncoder } from './json-chunk.js'
import { NdjsonEncoder } from './ndjson.js'
import { ParquetEncoder } from './parquet.js'
import type { PartEncoder } from './part-encoder.js'

export function encoderFor(format: Format, columns: readonly Column[], tool: string): PartEncoder {
  switch (format) {
    case 'parquet':
      return new ParquetEncoder(columns, tool)
    case 'ndjson.gz':
      return new NdjsonEncoder()
    case 'json':
      return new JsonChunkEncoder()
  }
}
