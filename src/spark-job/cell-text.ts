import type { ColumnType } from '../model/column.js'
import type { Cell } from '../ports/query-engine.js'

/** A value as it travels: text at the top, JSON below it. */
export type Wire = null | string | boolean | number | readonly Wire[] | { readonly [field: string]: Wire }

/**
 * The cell that a text stands for. Numbers, instants and truths are in the words of Spark's `CAST(… AS STRING)`, instants
 * as microseconds since 1970; lists and structs are JSON text, whose leaves are texts of the same kind.
 *
 * @throws RangeError when the text is of no value of the type
 */
export function cellOf(value: Wire | undefined, type: ColumnType): Cell {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'list': {
      const items = nested(value, type)
      if (!Array.isArray(items)) throw wrong(value, type)
      return items.map(item => cellOf(item as Wire, type.element))
    }
    case 'struct': {
      const fields = nested(value, type)
      if (typeof fields !== 'object' || Array.isArray(fields)) throw wrong(value, type)
      // Spark leaves out the fields of a struct that are null.
      return Object.fromEntries(
        type.fields.map(field => [
          field.name,
          Object.hasOwn(fields, field.name) ? cellOf((fields as Record<string, Wire>)[field.name], field.type) : null,
        ]),
      )
    }
    default:
      if (typeof value !== 'string') throw wrong(value, type)
      return leafOf(value, type)
  }
}

function leafOf(text: string, type: ColumnType): Cell {
  switch (type.kind) {
    case 'int32':
      if (!/^-?\d+$/.test(text)) throw wrong(text, type)
      return Number(text)
    case 'int64':
    case 'timestamp':
      if (!/^-?\d+$/.test(text)) throw wrong(text, type)
      return BigInt(text)
    case 'double': {
      const number = Number(text)
      if (text.trim() === '' || (Number.isNaN(number) && text !== 'NaN')) throw wrong(text, type)
      return number
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong(text, type)
      return text === 'true'
    case 'decimal':
      if (!/^-?\d+(\.\d+)?$/.test(text)) throw wrong(text, type)
      return text
    default:
      return text
  }
}

function nested(value: Wire, type: ColumnType): Exclude<Wire, null | string | boolean | number> {
  let parsed: Wire = value
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value)
    } catch {
      throw wrong(value, type)
    }
  }
  if (typeof parsed !== 'object' || parsed === null) throw wrong(value, type)
  return parsed
}

const LONGEST_SHOWN = 80

function wrong(value: Wire, { kind }: ColumnType): RangeError {
  const text = JSON.stringify(value)
  return new RangeError(`no ${kind}: ${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}`)
}
