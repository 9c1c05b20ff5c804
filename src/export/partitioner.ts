import { PartitionValueReader } from '../bson/partition-value.js'
import { viewOf } from '../bson/walk.js'
import { LakeferryError } from '../errors.js'
import type { Column } from '../model/column.js'
import type { Part } from '../model/manifest.js'
import { keyProblem } from '../model/object-key.js'
import type { Partitioning } from '../model/part-options.js'
import { escapePathName, HIVE_DEFAULT_PARTITION, partitionFolder } from './partition-folder.js'

/** Kinds of columns whose values can name a folder. */
const KINDS: ReadonlySet<string> = new Set(['string', 'int32', 'int64', 'boolean', 'objectId', 'timestamp'])

/**
 * Values of one segment, each of which becomes a part of each format. More than this is a field that hardly any two
 * documents share, and a lake of tiny files.
 */
export const MAX_PARTITIONS = 1_000

/** Of Hive-style folders: `created_day` where dates are cut, else the field's own name. */
export function partitionName({ field, date }: Partitioning): string {
  return date === undefined ? field : `${field}_${date}`
}

/**
 * Whether documents of these columns can be partitioned so. To be called before anything is read.
 *
 * @throws {@link LakeferryError} `PARTITION_FIELD`
 */
export function checkPartitioning(columns: readonly Column[], partitioning: Partitioning): void {
  const problem = problemOf(columns, partitioning)
  if (problem === undefined) return
  const known = columns.filter(({ type }) => KINDS.has(type.kind)).map(({ name }) => name)
  throw new LakeferryError('PARTITION_FIELD', { field: partitioning.field, problem, known })
}

function problemOf(columns: readonly Column[], partitioning: Partitioning): string | undefined {
  const { field, date } = partitioning
  const kind = columns.find(({ name }) => name === field)?.type.kind
  if (kind === undefined) return 'it is no column'
  if (!KINDS.has(kind)) return `a ${kind} cannot be the name of a folder`
  if (kind === 'timestamp' && date === undefined) return 'it is a timestamp, so say date: day, month or year'
  if (kind !== 'timestamp' && date !== undefined) return `it is a ${kind}, which has no ${date}`
  if (/^[_.]/.test(field)) return 'Spark and Hive do not look into folders whose name begins with _ or .'
  const name = partitionName(partitioning)
  if (name !== field && columns.some(column => column.name === name))
    return `its folders would be called ${name}, as another column is`
  return keyProblem(`${escapePathName(name)}=${HIVE_DEFAULT_PARTITION}`)
}

/** The documents of one segment that go into one folder, in the order they were read. */
export interface Partition {
  readonly partition: NonNullable<Part['partition']>
  documents(): Iterable<PartitionDocument>
}

export interface PartitionDocument {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  readonly end: number
}

/** Where documents of one value are: pairs of a block's number and an offset in it. */
interface Bucket {
  readonly value: string | null
  readonly places: number[]
}

/**
 * Gathers the documents of a segment, to give them out folder by folder. Blocks are copied, since their memory goes back
 * to the reader; so it holds the BSON of one segment, and eight bytes or so for each document.
 */
export class Partitioner {
  readonly #name: string
  readonly #reader: PartitionValueReader
  #blocks: { bytes: Uint8Array; view: DataView }[] = []
  #source: Uint8Array | undefined
  #buckets = new Map<string | null, Bucket>()

  /** @param columns - and a partitioning of them that {@link checkPartitioning} takes */
  constructor(columns: readonly Column[], partitioning: Partitioning) {
    this.#name = partitionName(partitioning)
    const column = columns.find(({ name }) => name === partitioning.field)
    if (column === undefined) throw new RangeError(`no column ${partitioning.field}`)
    this.#reader = new PartitionValueReader(column, partitioning.date)
  }

  /** @throws {@link LakeferryError} `PARTITION_TOO_MANY` */
  add(bytes: Uint8Array, view: DataView, start: number): void {
    if (this.#source !== bytes) {
      this.#source = bytes
      const copy = bytes.slice()
      this.#blocks.push({ bytes: copy, view: viewOf(copy) })
    }
    const read = this.#reader.read(bytes, view, start)
    // Its folder is that of null for every reader, so it is one here too.
    const value = read === HIVE_DEFAULT_PARTITION ? null : read
    let bucket = this.#buckets.get(value)
    if (bucket === undefined) {
      if (this.#buckets.size === MAX_PARTITIONS)
        throw new LakeferryError('PARTITION_TOO_MANY', { folder: this.#name, most: MAX_PARTITIONS })
      bucket = { value, places: [] }
      this.#buckets.set(value, bucket)
    }
    bucket.places.push(this.#blocks.length - 1, start)
  }

  /** A block is done with: the next one may come in the same memory. */
  settle(): void {
    this.#source = undefined
  }

  /**
   * What was added, in the order of the first document of each folder, and begins anew.
   *
   * @param empty - gives one partition without documents when nothing was added
   * @throws {@link LakeferryError} `PARTITION_VALUE`
   */
  take(empty: boolean): Partition[] {
    const blocks = this.#blocks
    const buckets = [...this.#buckets.values()]
    if (buckets.length === 0 && empty) buckets.push({ value: null, places: [] })
    this.#blocks = []
    this.#buckets = new Map()
    this.settle()
    return buckets.map(({ value, places }) => ({
      partition: { folder: partitionFolder(this.#name, value), value },
      *documents() {
        for (let i = 0; i < places.length; i += 2) {
          const { bytes, view } = blocks[places[i]!]!
          const start = places[i + 1]!
          yield { bytes, view, start, end: start + view.getInt32(start, true) }
        }
      },
    }))
  }
}
