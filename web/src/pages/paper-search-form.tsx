import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type PaperSearch, SORTS } from '../data/paper-search.js'

/** After the last key, so that not every letter is a search, in milliseconds. */
const TYPING_MS = 250

export interface PaperSearchFormProps {
  readonly search: PaperSearch
  readonly onChange: (changes: Partial<PaperSearch>, replace?: boolean) => void
}

const FILTERS = [
  ['year', 'Year', 'numeric'],
  ['status', 'Status', 'text'],
  ['ratingMin', 'Rating at least', 'decimal'],
] as const

export function PaperSearchForm({ search, onChange }: PaperSearchFormProps): ReactNode {
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
