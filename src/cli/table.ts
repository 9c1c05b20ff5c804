import { widthOf } from '../report/terminal-width.js'
import { visibleText } from '../report/visible-text.js'

/** Text of a cell, and how to colour it once its width is known. */
export type TableCell = string | { readonly text: string; readonly paint: (text: string) => string }

/** Columns set flush left, two spaces apart. Text that could move the cursor is spelled out. */
export function tableLines(rows: readonly (readonly TableCell[])[]): string[] {
  const cells = rows.map(row =>
    row.map(cell =>
      typeof cell === 'string' ? { text: visibleText(cell), paint: same } : { ...cell, text: visibleText(cell.text) },
    ),
  )
  const widths: number[] = []
  for (const row of cells) {
    // The last cell of a row may be long, and needs no room beside it.
    for (const [column, { text }] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(text))
    }
  }
  return cells.map(row =>
    row
      .map(
        ({ text, paint }, column) =>
          paint(text) + (column === row.length - 1 ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(text))),
      )
      .join('  ')
      .trimEnd(),
  )
}

function same(text: string): string {
  return text
}
