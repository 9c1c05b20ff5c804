import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SqlError, type SqlReader, scanSql } from '../../../src/contract/sql/scan.js'
import { onePiece, readFrom, refuseOtherThanSelect } from '../../../src/contract/sql/statement.js'

function problemOf(sql: string, reader: SqlReader): string {
  try {
    refuseOtherThanSelect(onePiece(sql, reader).tokens)
  } catch (error) {
    if (error instanceof SqlError) return error.message
    throw error
  }
  return 'none'
}

describe('what is no single query', () => {
  it.each<[string, SqlReader, string]>([
    ['SELECT 1', 'either', 'none'],
    ['SELECT 1;;', 'either', 'none'],
    ['(SELECT 1) UNION (SELECT 2)', 'either', 'none'],
    ["SELECT ';' AS a -- ; DROP", 'either', 'none'],
    ['SELECT /* ; /* ) */ */ 1', 'either', 'none'],
    ['SELECT 1; SELECT 2', 'either', 'several statements'],
    ['; SELECT 2', 'either', 'several statements'],
    ['', 'either', 'no SQL'],
    [' ; ', 'duckdb', 'no SQL'],
    ['SELECT (1', 'either', 'a ) is missing'],
    ['SELECT 1)', 'either', 'a ) without its other'],
    ['SELECT (1]', 'either', 'a ] without its other'],
    ["SELECT 'a", 'duckdb', "a ' without its other"],
    ['SELECT "a', 'duckdb', 'a " without its other'],
    ['SELECT /* a', 'spark', 'a comment without its end'],
    ['SELECT $$a', 'duckdb', 'a text that begins with $$ and does not end'],
    ['PRAGMA version', 'duckdb', 'PRAGMA at the start'],
    ['COPY data TO x', 'duckdb', 'COPY at the start'],
    ['WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a', 'spark', 'INSERT in a query'],
    ['SELECT 1 AS "insert"', 'duckdb', 'none'],
    // The same text is closed for one engine and open for the other.
    ["SELECT 'a\\'", 'duckdb', 'none'],
    ["SELECT 'a\\'", 'spark', "a ' without its other"],
    ["SELECT 'a\\';--'", 'spark', 'none'],
    ["SELECT e'a\\''", 'duckdb', 'none'],
    ["SELECT r'a\\'", 'spark', 'none'],
    ['SELECT "a;b"', 'spark', 'none'],
    ['SELECT `a;b`', 'spark', 'none'],
    ['SELECT $a$;$a$', 'duckdb', 'none'],
    ['SELECT `a`', 'duckdb', 'a name in ` is none to DuckDB'],
  ])('%s for %s: %s', (sql, reader, problem) => {
    expect(problemOf(sql, reader)).toBe(problem)
  })
})

describe('a relation that a query reads from', () => {
  it.each([
    ['SELECT * FROM papers', 'papers'],
    ['SELECT * FROM data JOIN Papers ON TRUE', 'Papers'],
    ['SELECT papers FROM data', undefined],
    ["SELECT 'FROM papers' FROM data", undefined],
    ['SELECT * FROM other.papers', undefined],
    ['SELECT * FROM papers.more', undefined],
  ])('%s: %s', (sql, name) => {
    expect(readFrom(onePiece(sql, 'duckdb').tokens, 'papers')).toBe(name)
  })
})

const piece = fc.constantFrom('a', '1', "'t;('", '"n)"', '-- c;\n', '/* ( */', ',', '(b)', '[1]', ' ', '\n', '<>', '.')

describe('the pieces of SQL', () => {
  it('put together again are what was written', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const sql = pieces.join('')
        const tokens = scanSql(sql, 'duckdb')
        let at = 0
        for (const { offset, text } of tokens) {
          expect(sql.slice(at, offset).trim()).toBe('')
          expect(sql.slice(offset, offset + text.length)).toBe(text)
          at = offset + text.length
        }
        expect(sql.slice(at).trim()).toBe('')
      }),
    )
  })

  it('without their comments have the same words, and no comment', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const sql = `x${pieces.join('')}`
        const words = (text: string): string[] =>
          scanSql(text, 'duckdb')
            .filter(({ kind }) => kind !== 'comment')
            .map(({ text: word }) => word)
        const { sql: without } = onePiece(sql, 'duckdb')
        expect(scanSql(without, 'duckdb').some(({ kind }) => kind === 'comment')).toBe(false)
        expect(words(without)).toEqual(words(sql))
      }),
    )
  })
})
