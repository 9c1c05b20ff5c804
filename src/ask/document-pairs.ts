import type { ScratchDatabase } from '../ports/scratch-database.js'

/**
 * The table that both ways of comparing fill: every document of either run that is not in a part that both have. `side`
 * 0 is the older run, `part` and `row` say where it is, `id` what it is called, and equal hashes mean equal documents.
 */
export const DOCUMENTS = 'documents'

export async function createDocuments(database: ScratchDatabase): Promise<void> {
  await database.execute(`CREATE TABLE ${DOCUMENTS} (side BIGINT, part BIGINT, row BIGINT, id VARCHAR, hash BLOB)`)
}

/** Documents that differ: `pair` numbers them; without a new place they were removed, without an old one added. */
export const PAIRS = 'pairs'

/**
 * Pairs off the documents of the two runs and leaves the table {@link PAIRS}. An id may be there several times (a document
 * that moved during a `majority` read is seen twice): equal ones go first, then what is left of one id counts as changed, and what is left
 * over on one side as added or removed.
 */
export async function pairDocuments(database: ScratchDatabase, signal: AbortSignal | undefined): Promise<void> {
  const statements = [
    `CREATE TABLE surplus AS SELECT id, hash, CAST(sum(CASE side WHEN 0 THEN 1 ELSE -1 END) AS BIGINT) AS surplus
     FROM ${DOCUMENTS} GROUP BY id, hash HAVING surplus <> 0`,
    `CREATE TABLE unlike AS
     SELECT side, part, row, id, row_number() OVER (PARTITION BY id, side ORDER BY hash, part, row) AS n FROM (
       SELECT d.*, surplus, row_number() OVER (PARTITION BY d.id, d.hash ORDER BY part, row) AS k
       FROM ${DOCUMENTS} d JOIN surplus s ON d.id = s.id AND d.hash = s.hash
       WHERE side = CASE WHEN surplus > 0 THEN 0 ELSE 1 END
     ) WHERE k <= abs(surplus)`,
    `DROP TABLE ${DOCUMENTS}`,
    'DROP TABLE surplus',
    `CREATE TABLE ${PAIRS} AS
     SELECT row_number() OVER () AS pair, coalesce(o.id, n.id) AS id,
       o.part AS old_part, o.row AS old_row, n.part AS new_part, n.row AS new_row
     FROM (FROM unlike WHERE side = 0) o FULL JOIN (FROM unlike WHERE side = 1) n ON o.id = n.id AND o.n = n.n`,
    'DROP TABLE unlike',
    // Pairs that turn out to be no difference after all.
    'CREATE TABLE same (pair BIGINT)',
  ]
  for (const statement of statements) await database.execute(statement, signal)
}

/** One document that differs. */
export interface DifferentId {
  readonly change: 'added' | 'removed' | 'changed'
  readonly id: string
}

/** All of them, in the order of their ids. @param options - `change`: only those; `limit`: so many at most */
export async function* differentIds(
  database: ScratchDatabase,
  { change, limit, signal }: { change?: DifferentId['change']; limit?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly DifferentId[]> {
  const sql = `SELECT CASE WHEN old_part IS NULL THEN 'added' WHEN new_part IS NULL THEN 'removed' ELSE 'changed' END AS change, id
    FROM ${PAIRS} ANTI JOIN same USING (pair) ${change === undefined ? '' : `WHERE change = '${change}'`}
    ORDER BY id, pair ${limit === undefined ? '' : `LIMIT ${limit}`}`
  for await (const rows of database.cells(sql, signal)) {
    yield rows.map(([what, id]) => ({ change: what as DifferentId['change'], id: String(id) }))
  }
}

/** How many were added and removed. */
export async function countPairs(database: ScratchDatabase): Promise<{ added: number; removed: number }> {
  const sql = `SELECT count(*) FILTER (old_part IS NULL), count(*) FILTER (new_part IS NULL) FROM ${PAIRS}`
  for await (const [row] of database.cells(sql)) return { added: Number(row?.[0]), removed: Number(row?.[1]) }
  throw new TypeError('no counts')
}
