import type { Column } from './column.js'
import type { ColumnPath, Rule } from './rule.js'

/** A checked data contract: what is left of the ODCS file once everything in it has a meaning. */
export interface Contract {
  readonly id: string
  readonly version: string
  readonly name: string
  readonly description?: string
  /** SHA-256 of the file's bytes, hex. */
  readonly fingerprint: string
  readonly columns: readonly Column[]
  /** In the contract's order; the order that `<column>_status` picks the first reason by. */
  readonly rules: readonly Rule[]
  /** The columns of the primary key, beside `_id`. */
  readonly keyColumns: readonly ColumnPath[]
  /** The names of columns in `columns` with what the contract says of them, for reports. */
  readonly notes: Readonly<Record<string, string>>
  /** From `slaProperties`, in seconds. */
  readonly freshnessSeconds?: number
}
