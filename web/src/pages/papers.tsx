import { type ReactNode, useEffect } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { PAGE_SIZE, type PaperSearch, pageLinks, pagesOf, readSearch, writeSearch } from '../data/paper-search.js'
import { usePapers } from '../data/papers.js'
import { NEW_PAPER_PAGE } from '../data/paths.js'
import { announce } from '../parts/announcer.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { formatCount, formatNoun } from '../text/figures.js'
import { PaperItem } from './paper-item.js'
import { PaperSearchForm } from './paper-search-form.js'

export function Papers(): ReactNode {
  const search = readSearch(new URLSearchParams(useSearch()))
  const [, navigate] = useLocation()
  const change = (changes: Partial<PaperSearch>, replace = false): void => {
    const text = writeSearch({ ...search, page: 1, ...changes })
    navigate(text === '' ? '/papers' : `/papers?${text}`, { replace })
  }
  const papers = usePapers(search)
  const total = papers.data?.total
  useEffect(() => {
    if (total !== undefined) announce(`${formatNoun(total, 'paper')} found.`)
  }, [total])
  return (
    <Page
      title="Papers"
      name={search.q.trim() === '' ? 'Papers' : `${search.q.trim()}, papers`}
      lead="As they are in the application now."
      actions={
        <Link href={NEW_PAPER_PAGE} className="button">
          Add a paper
        </Link>
      }
    >
      <PaperSearchForm search={search} onChange={change} />
      <Loaded query={papers} waiting={<SkeletonRows rows={8} height="5.2rem" />}>
        {page => (
          <div aria-busy={papers.isPlaceholderData}>
            {page.total > 0 && <p className="quiet">{summary(page.total, search)}</p>}
            {page.papers.length === 0 ? (
              <NothingFound search={search} />
            ) : (
              <ol className="paper-list">
                {page.papers.map(paper => (
                  <PaperItem key={paper._id} paper={paper} />
                ))}
              </ol>
            )}
            <Pages search={search} pages={pagesOf(page.total)} />
          </div>
        )}
      </Loaded>
    </Page>
  )
}

function NothingFound({ search }: { readonly search: PaperSearch }): ReactNode {
  if (writeSearch({ ...search, page: 1, sort: '' }) === '')
    return (
      <Empty title="There is no paper yet">
        <p>
          <Link href={NEW_PAPER_PAGE}>Add the first one</Link>, or load many with{' '}
          <code>lakeferry import papers.jsonl --collection papers</code>.
        </p>
      </Empty>
    )
  return (
    <Empty title="No paper matches">
      <p>
        Fewer words or filters find more. <Link href="/papers">Show all papers</Link>
      </p>
    </Empty>
  )
}

function summary(total: number, { page }: PaperSearch): string {
  if (total <= PAGE_SIZE) return formatNoun(total, 'paper')
  const first = (page - 1) * PAGE_SIZE + 1
  return `${formatCount(first)} to ${formatCount(Math.min(total, first + PAGE_SIZE - 1))} of ${formatNoun(total, 'paper')}`
}

function Pages({ search, pages }: { readonly search: PaperSearch; readonly pages: number }): ReactNode {
  if (pages < 2) return null
  const href = (page: number): string => {
    const text = writeSearch({ ...search, page })
    return text === '' ? '/papers' : `/papers?${text}`
  }
  const { page } = search
  return (
    <nav className="pager" aria-label="Pages of papers">
      {page > 1 && (
        <Link href={href(page - 1)} rel="prev">
          Previous
        </Link>
      )}
      {pageLinks(page, pages).map((at, index) =>
        at === undefined ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a gap has nothing else
          <span key={`gap ${index}`} aria-hidden="true">
            …
          </span>
        ) : (
          <Link
            key={at}
            href={href(at)}
            aria-label={`Page ${at}`}
            {...(at === page ? { 'aria-current': 'page' as const } : {})}
          >
            {formatCount(at)}
          </Link>
        ),
      )}
      {page < pages && (
        <Link href={href(page + 1)} rel="next">
          Next
        </Link>
      )}
    </nav>
  )
}
