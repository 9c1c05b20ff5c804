import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Values } from '../data/edits.js'
import { PAPER_FIELDS, type PaperField } from '../data/paper-edit.js'
import { fieldProblems } from '../data/problem.js'
import type { Conflict } from '../data/use-editing.js'
import { FormField, type FormFieldProps } from '../parts/form-field.js'
import { ProblemBox, problemIn } from '../parts/problem-box.js'
import { ConflictBox } from './conflict-box.js'

type Look = Pick<FormFieldProps, 'label'> & Partial<Pick<FormFieldProps, 'lines' | 'mode' | 'className' | 'hint'>>

const LOOKS: Readonly<Record<PaperField, Look>> = {
  title: { label: 'Title', className: 'wide' },
  authors: { label: 'Authors, one a line', lines: 4 },
  abstract: { label: 'Abstract', lines: 9, className: 'wide' },
  tldr: { label: 'In one sentence', lines: 2, className: 'wide' },
  keywords: { label: 'Keywords, one a line', lines: 4 },
  status: { label: 'Status' },
  track: { label: 'Track' },
  year: { label: 'Year', mode: 'numeric' },
  rating_avg: { label: 'Mean rating', mode: 'decimal' },
}
/** As they stand in the form. */
const ORDER: readonly PaperField[] = [
  ...(['title', 'authors', 'keywords', 'abstract', 'tldr', 'status', 'track', 'year', 'rating_avg'] as const),
]

export function paperLabel(field: string): string {
  return field in LOOKS ? LOOKS[field as PaperField].label.replace(/,.*/, '') : field
}

export interface PaperFormProps {
  readonly label: string
  readonly values: Values
  readonly onChange: (name: string, value: string) => void
  readonly onSend: () => void
  readonly error: Error | null
  readonly conflict?: Conflict | undefined
  /** Above the fields, for a paper that has no id yet. */
  readonly withId?: boolean
  /** The buttons. */
  readonly children: ReactNode
}

/** The fields of a paper. The server says what is wrong with one, and it is shown there. */
export function PaperForm(props: PaperFormProps): ReactNode {
  const { label, values, onChange, onSend, error, conflict, withId = false, children } = props
  const form = useRef<HTMLFormElement>(null)
  const fields = withId ? ['id', ...PAPER_FIELDS] : PAPER_FIELDS
  const wrong = error === null ? {} : fieldProblems(problemIn(error), [...fields, 'author', 'ratingAverage'])
  // Under whichever name the paper has it.
  const wrongAt = (field: string): string | undefined =>
    wrong[field] ??
    (field === 'authors' ? wrong['author'] : field === 'rating_avg' ? wrong['ratingAverage'] : undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each answer that refuses
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [error])
  return (
    <form
      ref={form}
      className="form"
      aria-label={label}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        onSend()
      }}
    >
      {conflict !== undefined && (
        <ConflictBox
          conflict={conflict}
          values={values}
          labelOf={paperLabel}
          onTake={field => onChange(field, conflict.theirs[field] ?? '')}
        />
      )}
      {withId && (
        <FormField
          name="id"
          label="Id"
          value={values['id'] ?? ''}
          wrong={wrong['id']}
          onChange={value => onChange('id', value)}
          hint="Letters, digits, _ and -. Ten of them are made if it is left empty."
        />
      )}
      {ORDER.map(field => (
        <FormField
          key={field}
          name={field}
          {...LOOKS[field]}
          value={values[field] ?? ''}
          wrong={wrongAt(field)}
          onChange={value => onChange(field, value)}
        />
      ))}
      {error !== null && Object.keys(wrong).length === 0 && (
        <div className="wide">
          <ProblemBox error={error} />
        </div>
      )}
      <div className="wide row">{children}</div>
    </form>
  )
}
