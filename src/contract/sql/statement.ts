import { SqlError, type SqlReader, type SqlToken, scanSql } from './scan.js'

const OPENING = '([{'
const CLOSING = ')]}'

/**
 * SQL without its comments and without a `;` at its end, once it is known to be one piece that can stand within another:
 * nothing left open, nothing closed that was not opened, no second statement.
 *
 * @throws {@link SqlError}
 */
export function onePiece(
  sql: string,
  reader: SqlReader,
): { readonly sql: string; readonly tokens: readonly SqlToken[] } {
  const all = scanSql(sql, reader)
  const tokens = all.filter(token => token.kind !== 'comment')
  const open: string[] = []
  let end = tokens.length
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== 'sign') continue
    if (OPENING.includes(text)) open.push(CLOSING[OPENING.indexOf(text)]!)
    else if (CLOSING.includes(text) && open.pop() !== text)
      throw new SqlError(`a ${text} without its other`, 'Take it out.')
    else if (text === ';') {
      if (tokens.slice(at).some(token => token.text !== ';'))
        throw new SqlError('several statements', 'Write one: what comes behind a ; is never run.')
      end = Math.min(end, at)
    }
  }
  if (open.length > 0) throw new SqlError(`a ${open.at(-1)} is missing`, 'Close every bracket.')
  if (end === 0) throw new SqlError('no SQL', 'Write what is to be checked, or leave the entry out.')
  const kept = tokens.slice(0, end)
  return { sql: joined(sql, all, kept), tokens: kept }
}

/** As it was written, each comment a blank. */
function joined(sql: string, all: readonly SqlToken[], kept: readonly SqlToken[]): string {
  const last = kept.at(-1)!
  let text = ''
  let from = kept[0]!.offset
  const until = last.offset + last.text.length
  for (const { kind, offset, text: written } of all) {
    if (kind !== 'comment' || offset < from || offset >= until) continue
    text += `${sql.slice(from, offset)} `
    from = offset + written.length
  }
  return text + sql.slice(from, until)
}

const WRITES = ['insert', 'update', 'delete', 'merge']

/** Refuses what is no query: as an engine would, but when the contract is read. */
export function refuseOtherThanSelect(tokens: readonly SqlToken[]): void {
  const first = tokens.find(token => token.text !== '(')
  const word = first?.kind === 'word' ? first.text.toLowerCase() : ''
  if (word !== 'select' && word !== 'with')
    throw new SqlError(`${first?.text ?? 'nothing'} at the start`, 'A query begins with SELECT or WITH.')
  let depth = 0
  for (const { kind, text } of tokens) {
    if (kind === 'sign') depth += text === '(' ? 1 : text === ')' ? -1 : 0
    if (word === 'with' && depth === 0 && kind === 'word' && WRITES.includes(text.toLowerCase()))
      throw new SqlError(`${text.toUpperCase()} in a query`, 'A check reads: write SELECT.')
  }
}

/** The name of a relation that the query takes its rows from, as it is spelt there; undefined when it does not. */
export function readFrom(tokens: readonly SqlToken[], name: string): string | undefined {
  const found = tokens.find(({ kind, text }, at) => {
    const before = tokens[at - 1]
    return (
      kind === 'word' &&
      text.toLowerCase() === name.toLowerCase() &&
      before?.kind === 'word' &&
      ['from', 'join'].includes(before.text.toLowerCase()) &&
      tokens[at + 1]?.text !== '.'
    )
  })
  return found?.text
}
