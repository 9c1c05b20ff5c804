import { csvLine, csvRow, jsonList, jsonObjects } from '../../ask/answer-text.js'
import type { LakeAnswer } from '../../ask/query-lake.js'
import type { AnswerColumn, JsonRow } from '../../ports/lake-query.js'
import type { CommandContext } from '../command.js'
import { AnswerTable, SAMPLE_ROWS } from './answer-table.js'

export const ANSWER_FORMATS = ['table', 'csv', 'json'] as const
export type AnswerFormat = (typeof ANSWER_FORMATS)[number]

/** Turns rows into text; `begin` and `end` are around all of them. */
interface AnswerWriter {
  begin(sample: readonly JsonRow[]): string
  row(row: JsonRow): string
  end(): string
  /** For people, about what they see. */
  note?(): string | undefined
}

export interface WrittenAnswer {
  readonly rows: number
  /** Whether the answer has more rows than the limit let through. */
  readonly more: boolean
  readonly note: string | undefined
}

/**
 * Writes an answer to standard output as its rows come, in bounded memory: text goes out in pieces, and no more is made
 * than the reader takes. With --json it is the one object, whose end `context.told.end` writes, whatever happens.
 */
export async function writeAnswer(
  context: CommandContext,
  { columns, pages, asked }: LakeAnswer,
  { format, limit, seconds }: { format: AnswerFormat; limit: number; seconds: () => number },
): Promise<WrittenAnswer> {
  const { out, options, told } = context
  const writer = options.json ? objectWriter(context, columns, asked, seconds) : writerFor(context, format, columns)
  const flow = new Flow(text => out.pour(text))
  let rows = 0
  let more = false
  // Widths are found by the first rows; until then nothing is written.
  let sample: JsonRow[] | undefined = []
  const begin = async (): Promise<void> => {
    const first = sample ?? []
    sample = undefined
    await flow.write(writer.begin(first))
    for (const row of first) await flow.write(writer.row(row))
  }
  try {
    reading: for await (const page of pages) {
      for (const row of page) {
        if (rows === limit) {
          more = true
          break reading
        }
        rows += 1
        if (sample === undefined) await flow.write(writer.row(row))
        else if (sample.push(row) === SAMPLE_ROWS) await begin()
        if (flow.closed) break reading
      }
    }
    if (sample !== undefined) await begin()
    await flow.write(writer.end())
  } finally {
    // What came before a failure was the answer so far, and the object of --json goes on from there.
    await flow.flush()
  }
  if (options.json) told.body = { ...told.body, more }
  return { rows, more, note: writer.note?.() }
}

/** Bytes of text that are written at a time, about. */
const PIECE = 65_536

/** Gathers text into pieces that are worth a call. */
class Flow {
  closed = false
  readonly #pour: (text: string) => Promise<boolean>
  #text = ''

  constructor(pour: (text: string) => Promise<boolean>) {
    this.#pour = pour
  }

  async write(text: string): Promise<void> {
    this.#text += text
    if (this.#text.length >= PIECE) await this.flush()
  }

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text !== '' && !this.closed) this.closed = !(await this.#pour(text))
  }
}

function writerFor({ out, io }: CommandContext, format: AnswerFormat, columns: readonly AnswerColumn[]): AnswerWriter {
  if (format === 'csv') return { begin: () => csvLine(columns.map(({ name }) => name)), row: csvRow, end: () => '' }
  if (format === 'json') {
    const object = jsonObjects(columns)
    let separator = '[\n'
    return {
      begin: () => '',
      row: row => {
        const text = `${separator}${object(row)}`
        separator = ',\n'
        return text
      },
      end: () => (separator === '[\n' ? '[]\n' : '\n]\n'),
    }
  }
  let table: AnswerTable | undefined
  const width = io.stdout.isTTY === true ? out.width : undefined
  return {
    begin: sample => {
      table = new AnswerTable({ columns, sample, width, paint: out.paint })
      return table.heading()
    },
    row: row => table?.line(row) ?? '',
    end: () => '',
    note: () => {
      const leftOut = table?.leftOut(columns.length) ?? 0
      return leftOut === 0
        ? undefined
        : `${leftOut} of ${columns.length} columns have no room here; --format csv or json has all`
    },
  }
}

/** The object of --json: what was asked, then the rows one by one, then the end that is known last. */
function objectWriter(
  { told, out, command }: CommandContext,
  columns: readonly AnswerColumn[],
  asked: LakeAnswer['asked'],
  seconds: () => number,
): AnswerWriter {
  let separator = ''
  return {
    begin: () => {
      told.end = members => {
        const { more = false } = told.body
        out.raw(`],"more":${JSON.stringify(more)},"seconds":${seconds()}${membersText(members)}}\n`)
      }
      const head = { command, runs: asked, columns: columns.map(({ name, type }) => ({ name, type })) }
      return `${JSON.stringify(head).slice(0, -1)},"rows":[`
    },
    row: row => {
      const text = `${separator}${jsonList(row)}`
      separator = ','
      return text
    },
    end: () => '',
  }
}

function membersText(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('')
}
