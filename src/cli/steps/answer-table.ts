import { plainText } from '../../ask/answer-text.js'
import type { AnswerColumn, JsonCell, JsonRow } from '../../ports/lake-query.js'
import { cutToWidth, padToWidth, widthOf } from '../../report/terminal-width.js'
import { visibleText } from '../../report/visible-text.js'

/** Rows that the widths of the columns are found by, before the first is printed. */
export const SAMPLE_ROWS = 1_000

/** Terminal columns that a column has at least, if it has that much to show. */
const LEAST_WIDTH = 6
const GAP = '  '

export interface TableOptions {
  readonly columns: readonly AnswerColumn[]
  /** The first rows of the answer, {@link SAMPLE_ROWS} at most. */
  readonly sample: readonly JsonRow[]
  /** Of the terminal; undefined where there is none, and nothing has to fit. */
  readonly width: number | undefined
  readonly paint: { bold(text: string): string; dim(text: string): string }
}

/** An answer for people: columns two spaces apart, numbers flush right, NULL shown, everything cut to the terminal. */
export class AnswerTable {
  readonly #columns: readonly AnswerColumn[]
  readonly #widths: readonly number[]
  readonly #cut: boolean
  readonly #paint: TableOptions['paint']

  constructor({ columns, sample, width, paint }: TableOptions) {
    const natural = columns.map(({ name }, index) =>
      sample.reduce((widest, row) => Math.max(widest, widthOf(shown(row[index] ?? null))), widthOf(visibleText(name))),
    )
    this.#widths = width === undefined ? natural : fitted(natural, width)
    this.#cut = width !== undefined
    this.#columns = columns.slice(0, this.#widths.length)
    this.#paint = paint
  }

  /** How many columns had no room at all. */
  leftOut(columns: number): number {
    return columns - this.#columns.length
  }

  heading(): string {
    const { bold, dim } = this.#paint
    const names = this.#columns.map(({ name, numeric }, index) => this.#set(visibleText(name), index, numeric))
    const lines = this.#widths.map(width => '─'.repeat(width))
    return `${bold(names.join(GAP).trimEnd())}\n${dim(lines.join(GAP))}\n`
  }

  line(row: JsonRow): string {
    const cells = this.#columns.map(({ numeric }, index) => {
      const cell = row[index] ?? null
      const text = this.#set(shown(cell), index, numeric)
      return cell === null ? this.#paint.dim(text) : text
    })
    return `${cells.join(GAP).trimEnd()}\n`
  }

  #set(text: string, index: number, right: boolean): string {
    const width = this.#widths[index]!
    const cut = this.#cut ? cutToWidth(text, width) : text
    return right ? ' '.repeat(Math.max(0, width - widthOf(cut))) + cut : this.#pad(cut, width)
  }

  #pad(text: string, width: number): string {
    return widthOf(text) >= width ? text : padToWidth(text, width)
  }
}

function shown(cell: JsonCell): string {
  return cell === null ? 'NULL' : visibleText(plainText(cell))
}

/** Widths that fit beside each other: the widest columns give way first. Those at the end that find no room are left out. */
function fitted(natural: readonly number[], width: number): readonly number[] {
  const least = natural.map(wanted => Math.min(wanted, LEAST_WIDTH))
  let count = natural.length
  while (count > 1 && sumOf(least.slice(0, count)) + GAP.length * (count - 1) > width) count -= 1
  const room = Math.max(1, width - GAP.length * (count - 1))
  const widths = natural.slice(0, count)
  // The cap under which all of them fit together.
  let cap = Math.max(1, ...widths)
  while (cap > LEAST_WIDTH && sumOf(widths.map(wanted => Math.min(wanted, cap))) > room) cap -= 1
  return widths.map(wanted => Math.min(wanted, cap, room))
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
