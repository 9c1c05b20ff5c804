import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Paper } from '../../../src/http/papers.js'
import {
  PAGE_SIZE,
  type PaperSearch,
  pageLinks,
  pagesOf,
  readSearch,
  SORTS,
  writeSearch,
} from '../data/paper-search.js'
import { usePapers } from '../data/papers.js'
import { paperPage } from '../data/paths.js'
import { announce } from '../parts/announcer.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { formatCount, formatNoun } from '../text/figures.js'
import { keyOf, listOf, numberOf, textOf, titleOf } from '../text/paper-fields.js'

/** After the last key, so that not every letter is a search, in milliseconds. */
const TYPING_MS = 250

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
    <Page title="Papers" lead="As they are in the application now.">
      <SearchForm search={search} onChange={change} />
      <Loaded query={papers} waiting={<SkeletonRows rows={8} height="5.2rem" />}>
        {page => (
          <div aria-busy={papers.isPlaceholderData}>
            <p className="quiet">{summary(page.total, search)}</p>
            {page.papers.length === 0 ? (
              <Empty title="No paper matches">
                <p>Fewer words or filters find more.</p>
                <p>
                  <Link href="/papers">Show all papers</Link>
                </p>
              </Empty>
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

function summary(total: number, { page }: PaperSearch): string {
  if (total <= PAGE_SIZE) return formatNoun(total, 'paper')
  const first = (page - 1) * PAGE_SIZE + 1
  return `${formatCount(first)} to ${formatCount(Math.min(total, first + PAGE_SIZE - 1))} of ${formatNoun(total, 'paper')}`
}

interface SearchFormProps {
  readonly search: PaperSearch
  readonly onChange: (changes: Partial<PaperSearch>, replace?: boolean) => void
}

const FILTERS = [
  ['year', 'Year', 'numeric'],
  ['status', 'Status', 'text'],
  ['ratingMin', 'Rating at least', 'decimal'],
] as const

function SearchForm({ search, onChange }: SearchFormProps): ReactNode {
  const active = [
    search.author !== '' && `author ${search.author}`,
    search.keyword !== '' && `keyword ${search.keyword}`,
  ].filter(text => text !== false)
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to all browsers that are in use
    <form role="search" aria-label="Papers" onSubmit={event => event.preventDefault()}>
      <div className="search">
        <TextField
          id="q"
          label="Words in title, abstract, authors, keywords"
          value={search.q}
          mode="search"
          onChange={q => onChange({ q }, true)}
        />
        {FILTERS.map(([field, label, mode]) => (
          <TextField
            key={field}
            id={field}
            label={label}
            value={search[field]}
            mode={mode}
            onChange={value => onChange({ [field]: value }, true)}
          />
        ))}
        <div className="field">
          <label htmlFor="sort">Order</label>
          <select id="sort" value={search.sort} onChange={event => onChange({ sort: event.target.value })}>
            {SORTS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </div>
      {active.length > 0 && (
        <p className="row">
          <span>Only {active.join(' and ')}.</span>
          <button type="button" className="link" onClick={() => onChange({ author: '', keyword: '' })}>
            Show those of all
          </button>
        </p>
      )}
    </form>
  )
}

interface TextFieldProps {
  readonly id: string
  readonly label: string
  readonly value: string
  readonly mode: 'search' | 'text' | 'numeric' | 'decimal'
  readonly onChange: (value: string) => void
}

/** Types freely; the address follows when the typing rests, and the field follows when the address was changed elsewhere. */
function TextField({ id, label, value, mode, onChange }: TextFieldProps): ReactNode {
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (value !== sent.current) {
      sent.current = value
      setTyped(value)
    }
  }, [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed starts the clock
  useEffect(() => {
    if (typed === sent.current) return
    const timer = setTimeout(() => {
      sent.current = typed
      onChange(typed)
    }, TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])
  useEffect(() => {
    if (mode === 'search' && (history.state as { search?: boolean } | null)?.search === true) field.current?.focus()
  }, [mode])
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        ref={field}
        id={id}
        type={mode === 'search' ? 'search' : 'text'}
        inputMode={mode}
        maxLength={200}
        autoComplete="off"
        value={typed}
        onChange={event => setTyped(event.target.value)}
        {...(mode === 'search' ? { 'data-search': '' } : {})}
      />
    </div>
  )
}

function PaperItem({ paper }: { readonly paper: Paper }): ReactNode {
  const rating = numberOf(paper, 'rating_avg')
  const authors = listOf(paper, 'authors')
  const status = textOf(paper, 'status')
  const text = textOf(paper, 'tldr') ?? textOf(paper, 'abstract')
  return (
    <li>
      <h2>
        <Link href={paperPage(keyOf(paper))}>{titleOf(paper)}</Link>
      </h2>
      <p className="quiet">
        {[
          authors.slice(0, 6).join(', ') + (authors.length > 6 ? ` and ${authors.length - 6} more` : ''),
          textOf(paper, 'year'),
          status,
        ]
          .filter(Boolean)
          .join(' · ')}
        {rating !== undefined && ` · rating ${rating.toFixed(1)}`}
      </p>
      {text !== undefined && <p className="clamp">{text}</p>}
    </li>
  )
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
