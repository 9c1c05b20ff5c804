import { type ReactNode, useEffect, useRef } from 'react'
import type { Comment } from '../../../src/http/papers.js'
import type { Values } from '../data/edits.js'
import { useStoredComment } from '../data/papers.js'
import { commentPath } from '../data/paths.js'
import { fieldProblems } from '../data/problem.js'
import type { Stored } from '../data/stored.js'
import { useEditing } from '../data/use-editing.js'
import { announce } from '../parts/announcer.js'
import { FormField } from '../parts/form-field.js'
import { Loaded, Skeleton } from '../parts/loaded.js'
import { ProblemBox, problemIn } from '../parts/problem-box.js'
import { ratingOf } from './comment-form.js'
import { ConflictBox } from './conflict-box.js'

interface CommentEditProps {
  readonly id: string
  readonly onSaved: (comment: Comment) => void
  readonly onCancel: () => void
}

/** A comment is edited as it is stored now, which may be more than the page has been told. */
export function CommentEdit({ id, ...rest }: CommentEditProps): ReactNode {
  const comment = useStoredComment(id)
  return (
    <Loaded query={comment} waiting={<Skeleton height="11rem" />}>
      {stored => <EditForm id={id} stored={stored} {...rest} />}
    </Loaded>
  )
}

const LABELS: Readonly<Record<string, string>> = { author: 'Name', rating: 'Rating, 1 to 10', text: 'Text' }

function valuesOf({ author, rating, text }: Comment): Values {
  return { author: author ?? '', rating: rating === undefined ? '' : String(rating), text: text ?? '' }
}

function patchOf(values: Values, fields: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map(field => {
      const text = (values[field] ?? '').trim()
      if (field !== 'rating') return [field, text]
      return [field, text === '' ? null : ratingOf(text)]
    }),
  )
}

function EditForm({
  id,
  stored,
  onSaved,
  onCancel,
}: CommentEditProps & { readonly stored: Stored<Comment> }): ReactNode {
  const editing = useEditing<Comment>({
    ...{ path: commentPath(id), stored, valuesOf, patchOf },
    onSaved: ({ document }) => {
      announce('The comment is saved.')
      onSaved(document)
    },
  })
  const { values, set, save, drop, error, conflict, isChanged, isOver, isSaving } = editing
  const form = useRef<HTMLFormElement>(null)
  const wrong = error === null ? {} : fieldProblems(problemIn(error), Object.keys(LABELS))
  useEffect(() => form.current?.querySelector<HTMLElement>('textarea')?.focus(), [])
  const field = (name: string) => ({
    ...{ name, label: LABELS[name] ?? name, value: values[name] ?? '', wrong: wrong[name] },
    onChange: (value: string) => set(name, value),
  })
  return (
    <form
      ref={form}
      className="comment-form"
      aria-label="Edit the comment"
      noValidate
      onSubmit={event => {
        event.preventDefault()
        save()
      }}
    >
      {conflict !== undefined && (
        <ConflictBox
          conflict={conflict}
          values={values}
          labelOf={name => LABELS[name] ?? name}
          onTake={name => set(name, conflict.theirs[name] ?? '')}
        />
      )}
      <FormField {...field('author')} className="two" autoComplete="name" />
      <FormField {...field('rating')} mode="numeric" />
      <FormField {...field('text')} lines={5} className="wide" />
      {error !== null && Object.keys(wrong).length === 0 && (
        <div className="wide">
          <ProblemBox error={error} />
        </div>
      )}
      <p className="wide row">
        <button type="submit" className="button main" aria-disabled={isSaving}>
          {isSaving ? 'Saving…' : isOver ? 'Save over theirs' : 'Save'}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => {
            drop()
            onCancel()
          }}
        >
          {isChanged ? 'Discard the changes' : 'Cancel'}
        </button>
      </p>
    </form>
  )
}
