import { LakeferryError, reasonOf } from '../errors.js'
import type { ColumnType } from '../model/column.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { Row } from '../ports/query-engine.js'
import { gzipLines } from './answer-lines.js'
import { type Answers, rowOf } from './answers.js'
import type { JobFolder } from './job-folder.js'

/** A statement as the job was asked it. */
export interface Asked {
  readonly name: string
  readonly sql: string
  readonly cells: readonly ColumnType[]
}

export interface AnswerPage {
  readonly statement: string
  readonly rows: readonly Row[]
}

export interface PagesOptions {
  readonly lake: ObjectStore
  readonly folder: JobFolder
  readonly asked: readonly Asked[]
  readonly answers: Answers
  /** For errors. */
  readonly engine: string
  readonly signal?: AbortSignal | undefined
}

/** Rows of a page, at the most. */
const PAGE_ROWS = 1_024

/**
 * The rows of all statements in order, a page at a time.
 *
 * @throws {@link LakeferryError} `ENGINE_FAILED` for a row that is not of the statement's types, `LAKE_OBJECT_DAMAGED`
 * when there are fewer or more rows than the job has counted
 */
export async function* answerPages(options: PagesOptions): AsyncGenerator<AnswerPage> {
  const { lake, folder, asked, answers, engine, signal } = options
  for (const [index, { name, cells }] of asked.entries()) {
    const answer = answers.statements[index]!
    const decode = (row: () => unknown): Row => {
      try {
        return rowOf(row(), cells)
      } catch (error) {
        const details = { engine, step: `read the answer to ${name}`, reason: reasonOf(error) }
        throw new LakeferryError('ENGINE_FAILED', details, { cause: error })
      }
    }
    if ('rows' in answer) {
      for (let from = 0; from < answer.rows.length; from += PAGE_ROWS) {
        signal?.throwIfAborted()
        const rows = answer.rows.slice(from, from + PAGE_ROWS).map(row => decode(() => row))
        yield { statement: name, rows }
      }
      continue
    }
    const keys = await folder.answerFiles(index)
    let count = 0
    let rows: Row[] = []
    for await (const line of gzipLines(lake, keys, signal)) {
      rows.push(decode(() => JSON.parse(line)))
      count += 1
      if (rows.length < PAGE_ROWS) continue
      yield { statement: name, rows }
      rows = []
    }
    if (count !== answer.count) {
      const got = `${count}, in ${keys.length} ${keys.length === 1 ? 'file' : 'files'}`
      const key = `${folder.key}answers/${index}/`
      throw new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted: `${answer.count} rows`, got })
    }
    if (rows.length > 0) yield { statement: name, rows }
  }
}
