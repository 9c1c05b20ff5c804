import { LakeferryError } from '../errors.js'
import { type Column, columnText, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'
import { duckdbName } from '../model/duckdb-text.js'
import type { Manifest } from '../model/manifest.js'
import type { JsonRow } from '../ports/lake-query.js'
import type { ScratchDatabase } from '../ports/scratch-database.js'
import { plainText } from './answer-text.js'
import { columnFields, partColumnNames, sameNumber } from './column-fields.js'
import type { CompareRequest } from './compare-lossless.js'
import { createDocuments, DOCUMENTS, PAIRS, pairDocuments } from './document-pairs.js'
import { fieldChanges } from './field-changes.js'

/**
 * Compares documents by the rows of their Parquet parts: columns, `_extra` and `_misfit` together, each field as plain JSON.
 * Types that a column does not tell apart (an int and a long in one of `int64`) are equal here. Where the runs have other
 * columns, numbers are compared by value, since a column's type is in how they are written.
 *
 * @throws {@link LakeferryError} `USAGE` when documents are to go by a field that is no column of both runs
 */
export async function compareColumns(
  database: ScratchDatabase,
  manifests: readonly [Manifest, Manifest],
  { sides, by, counts, onRead, signal }: CompareRequest & { readonly signal: AbortSignal | undefined },
): Promise<void> {
  for (const { columns, runId } of manifests) {
    requireKey(columns, by, runId)
    requirePlaces(columns, runId)
  }
  const names = ['old', 'new'] as const
  await createDocuments(database)
  for (const [side, name] of names.entries()) {
    const { columns } = manifests[side]!
    await database.defineParts(name, manifests[side]!, sides[side]!, signal)
    const members = partColumnNames(columns).map(column => `${duckdbName(column)} := ${duckdbName(column)}`)
    await database.execute(
      `INSERT INTO ${DOCUMENTS} SELECT ${side}, file_index, file_row_number, coalesce(CAST(${duckdbName(by)} AS VARCHAR), 'null'),
        unhex(sha256(CAST(to_json(struct_pack(${members.join(', ')})) AS VARCHAR))) FROM ${name}`,
      signal,
    )
    onRead(sides[side]!.reduce((sum, { documents }) => sum + documents, 0))
  }
  await pairDocuments(database, signal)
  const [before, after] = [manifests[0].columns, manifests[1].columns]
  const alike = before.map(columnText).join('\n') === after.map(columnText).join('\n')
  const width = partColumnNames(before).length
  const rows = await database.append('same')
  try {
    for await (const page of database.rows(changedRows(before, after), signal)) {
      for (const [pair, id, ...cells] of page) {
        const old = columnFields(before, cells.slice(0, width) as JsonRow)
        const now = columnFields(after, cells.slice(width) as JsonRow)
        const changes = fieldChanges(old, now, alike ? undefined : sameNumber)
        // With other columns a row is another even where the document is the same.
        if (!alike && changes.length === 0) rows.add([Number(pair)])
        else counts.add(plainText(id ?? 'null'), changes)
      }
    }
  } finally {
    rows.end()
  }
}

function changedRows(before: readonly Column[], after: readonly Column[]): string {
  const cells = [
    ...partColumnNames(before).map(name => `o.${duckdbName(name)}`),
    ...partColumnNames(after).map(name => `n.${duckdbName(name)}`),
  ]
  return `SELECT p.pair, p.id, ${cells.join(', ')} FROM ${PAIRS} p
    JOIN old o ON o.file_index = p.old_part AND o.file_row_number = p.old_row
    JOIN new n ON n.file_index = p.new_part AND n.file_row_number = p.new_row
    ORDER BY p.id, p.pair`
}

function requireKey(columns: readonly Column[], by: string, runId: string): void {
  if (by === ID_COLUMN || columns.some(({ name }) => name === by)) return
  throw new LakeferryError('USAGE', {
    problem: `documents cannot go by ${JSON.stringify(by)}: it is no column of run ${runId}`,
    next: `Its columns are ${columns.map(({ name }) => name).join(', ') || `none but ${ID_COLUMN}, ${EXTRA_COLUMN} and ${MISFIT_COLUMN}`}.`,
  })
}

/** A column of the same name hides the one that says where a row is. */
function requirePlaces(columns: readonly Column[], runId: string): void {
  const hiding = columns.find(({ name }) => /^file_(index|row_number)$/i.test(name))
  if (hiding === undefined) return
  throw new LakeferryError('USAGE', {
    problem: `run ${runId} cannot be compared by its columns: DuckDB has another meaning for ${hiding.name}`,
    next: 'Add bson.gz to the formats of the dataset: documents are compared by that then.',
  })
}
