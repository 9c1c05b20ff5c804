import type { ReactNode } from 'react'
import { ProblemBox } from './problem-box.js'

interface NextPageProps {
  /** Of a list that is read page by page. */
  readonly query: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly isFetchNextPageError: boolean
    readonly error: Error | null
    readonly fetchNextPage: () => Promise<unknown>
  }
  /** What its button says. */
  readonly text: string
}

/** The end of a list that goes on: the button for its next page, and what was wrong with the last try. */
export function NextPage({ query, text }: NextPageProps): ReactNode {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, error } = query
  const more = (): void => void query.fetchNextPage()
  return (
    <>
      {isFetchNextPageError && <ProblemBox error={error} retry={more} />}
      {hasNextPage && (
        <p className="pager">
          <button type="button" className="button" aria-disabled={isFetchingNextPage} onClick={more}>
            {isFetchingNextPage ? 'Loading…' : text}
          </button>
        </p>
      )}
    </>
  )
}
