import type { HotMemory } from '../../hot/hot-memory.js'
import type { Format } from '../../model/format.js'
import type { WorkerSettings } from '../segment-message.js'
import { BsonEncoder } from './bson.js'
import { EjsonEncoder } from './ejson.js'
import { JsonChunkEncoder } from './json-chunk.js'
import { NdjsonEncoder } from './ndjson.js'
import { ParquetEncoder } from './parquet.js'
import type { PartEncoder } from './part-encoder.js'

export function encoderFor(format: Format, settings: WorkerSettings, memory?: HotMemory): PartEncoder {
  switch (format) {
    case 'parquet':
      return new ParquetEncoder(settings, memory)
    case 'ndjson.gz':
      return new NdjsonEncoder(settings, memory)
    case 'json':
      return new JsonChunkEncoder(memory)
    case 'ejson.gz':
      return new EjsonEncoder(settings)
    case 'bson.gz':
      return new BsonEncoder(settings)
  }
}
