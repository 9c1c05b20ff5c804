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
  /** The file's text as it was read: its UTF-8 bytes are what `fingerprint` is of. Absent: it was not read from a file. */
  readonly source?: string
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

/** The data sets that its foreign keys point into, each once, in the order of the rules. Its own may be among them. */
export function referencedDatasets(contract: Pick<Contract, 'rules'>): readonly string[] {
  return [...new Set(contract.rules.flatMap(rule => (rule.kind === 'foreignKey' ? [rule.dataset] : [])))]
}
