import type { ReactNode } from 'react'

export interface Column {
  readonly name: string
  /** Its cells are numbers. */
  readonly number?: boolean
  /** Needs no heading that is seen. */
  readonly unseen?: boolean
}

export interface TableProps {
  /** Said by screen readers, which go from table to table. */
  readonly caption: string
  readonly columns: readonly (string | Column)[]
  /** Its rows. */
  readonly children: ReactNode
}

/** A table; on a phone each row is a card (`.cards`), with the names of its figures beside them. */
export function Table({ caption, columns, children }: TableProps): ReactNode {
  return (
    <table className="cards">
      <caption className="sr">{caption}</caption>
      <thead>
        <tr>
          {columns
            .map((column): Column => (typeof column === 'string' ? { name: column } : column))
            .map(({ name, number = false, unseen = false }) => (
              <th key={name} scope="col" className={number ? 'n' : undefined}>
                {unseen ? <span className="sr">{name}</span> : name}
              </th>
            ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

export interface FigureProps {
  readonly name: string
  readonly value: number | null
  readonly format: (value: number) => string
}

/** A cell with a number, or with a dash where nobody knows it. */
export function Figure({ name, value, format }: FigureProps): ReactNode {
  return (
    <td className="n" data-label={name}>
      {value === null ? (
        <span className="quiet">
          <span aria-hidden="true">–</span>
          <span className="sr">unknown</span>
        </span>
      ) : (
        format(value)
      )}
    </td>
  )
}
