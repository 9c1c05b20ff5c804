import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemBox } from './problem-box.js'

export interface LoadedProps<T> {
  readonly query: UseQueryResult<T>
  /** Of the same size as what will be there. */
  readonly waiting: ReactNode
  readonly children: (data: T) => ReactNode
}

/** Waiting, failed, or there. What is there stays while it is fetched again, and when that fails. */
export function Loaded<T>({ query, waiting, children }: LoadedProps<T>): ReactNode {
  if (query.data !== undefined) return children(query.data)
  if (query.isError) return <ProblemBox error={query.error} retry={() => void query.refetch()} />
  return (
    <div aria-busy="true">
      <span className="sr" role="status">
        Loading
      </span>
      {waiting}
    </div>
  )
}

export function Skeleton({ height, width = '100%' }: { readonly height: string; readonly width?: string }): ReactNode {
  return <span className="skeleton" style={{ height, width }} aria-hidden="true" />
}

/** Lines of a table that is not there yet. */
export function SkeletonRows({
  rows,
  height = '2.4rem',
}: {
  readonly rows: number
  readonly height?: string
}): ReactNode {
  return (
    <div className="stack" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Skeleton key={row} height={height} />
      ))}
    </div>
  )
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <b>{title}</b>
      {children}
    </div>
  )
}
