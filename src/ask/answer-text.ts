import type { AnswerColumn, JsonCell, JsonRow } from '../ports/lake-query.js'

/** The value as people read it: text without its quotes, everything else as JSON has it. */
export function plainText(cell: string): string {
  return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell
}

/**
 * One record of CSV (RFC 4180), its line ending included. NULL is nothing between two commas, the empty text is `""`.
 */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(cell => (cell === null ? '' : csvField(cell))).join(',')}\r\n`
}

export function csvRow(row: JsonRow): string {
  return csvLine(row.map(cell => (cell === null ? null : plainText(cell))))
}

function csvField(text: string): string {
  return text === '' || /[",\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A row as a JSON list: `[1,null,"a"]`. */
export function jsonList(row: JsonRow): string {
  return `[${row.map(jsonText).join(',')}]`
}

/** What writes a row as a JSON object. Of columns with one name, all but the first get a number: `a`, `a_1`. */
export function jsonObjects(columns: readonly AnswerColumn[]): (row: JsonRow) => string {
  const taken = new Set(columns.map(({ name }) => name))
  const used = new Set<string>()
  const names = columns.map(({ name }) => {
    let own = name
    for (let count = 1; used.has(own) || (own !== name && taken.has(own)); count++) own = `${name}_${count}`
    used.add(own)
    return JSON.stringify(own)
  })
  return row => `{${names.map((name, index) => `${name}:${jsonText(row[index] ?? null)}`).join(',')}}`
}

function jsonText(cell: JsonCell): string {
  return cell ?? 'null'
}
