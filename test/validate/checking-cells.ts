import type { ColumnType } from '../../src/model/column.js'
import type { Cell, QueryEngine, Row, Statement } from '../../src/ports/query-engine.js'

/** The same engine, which throws when a row is not of the types that its statement says its cells are of. */
export function checkingCells(engine: QueryEngine): QueryEngine {
  return {
    name: engine.name,
    dialect: engine.dialect,
    version: () => engine.version(),
    close: () => engine.close(),
    run: request => {
      const types = new Map<string, readonly ColumnType[]>()
      const statements = request.statements.map((statement): Statement => {
        const { sql, cells } = statement
        return {
          ...statement,
          sql: () => {
            const text = typeof sql === 'function' ? sql() : sql
            types.set(statement.name, (typeof cells === 'function' ? cells() : cells) ?? [])
            return text
          },
        }
      })
      const onPage = async (name: string, rows: readonly Row[]): Promise<void> => {
        for (const row of rows) requireRow(name, row, types.get(name) ?? [])
        await request.onPage(name, rows)
      }
      return engine.run({ ...request, statements, onPage })
    },
  }
}

function requireRow(statement: string, row: Row, types: readonly ColumnType[]): void {
  const wrong = row.findIndex((cell, index) => !types[index] || !isOf(cell, types[index]))
  if (row.length !== types.length || wrong >= 0)
    throw new TypeError(`${statement} gave ${row.map(String).join(', ')} and said ${JSON.stringify(types)}`)
}

function isOf(cell: Cell, type: ColumnType): boolean {
  if (cell === null) return true
  switch (type.kind) {
    case 'int64':
    case 'timestamp':
      return typeof cell === 'bigint'
    case 'int32':
    case 'double':
      return typeof cell === 'number'
    case 'boolean':
      return typeof cell === 'boolean'
    case 'list':
      return Array.isArray(cell) && cell.every(item => isOf(item, type.element))
    case 'struct':
      return type.fields.every(field =>
        isOf((cell as { readonly [name: string]: Cell })[field.name] ?? null, field.type),
      )
    default:
      return typeof cell === 'string'
  }
}
