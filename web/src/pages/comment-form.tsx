import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import type { Comment, CommentWrite } from '../../../src/http/papers.js'
import { usePostComment } from '../data/papers.js'
import { fieldProblems } from '../data/problem.js'
import { announce } from '../parts/announcer.js'
import { ProblemBox, problemIn } from '../parts/problem-box.js'

export interface CommentFormProps {
  readonly paperId: string
  readonly replyTo?: string
  readonly onPosted: (comment: Comment) => void
}

const FIELDS = ['author', 'kind', 'rating', 'text'] as const
type Field = (typeof FIELDS)[number]
type Values = Readonly<Record<Field, string>>

/** The name stays for the next comment of this tab. */
let lastAuthor = ''

/** The server says what is wrong with a comment, and it is shown at the field. */
export function CommentForm({ paperId, replyTo, onPosted }: CommentFormProps): ReactNode {
  const empty: Values = { author: lastAuthor, kind: replyTo === undefined ? 'remark' : 'reply', rating: '', text: '' }
  const [values, setValues] = useState(empty)
  const post = usePostComment()
  // Another text is another comment; the same again, after a lost answer, is the same.
  const attempt = useRef({ body: '', key: '' })
  const form = useRef<HTMLFormElement>(null)
  const wrong = post.isError ? fieldProblems(problemIn(post.error), FIELDS) : {}
  const isElsewhere = post.isError && Object.keys(wrong).length === 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each answer that refuses
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [post.error])
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (post.isPending) return
    const comment = commentOf(values, paperId, replyTo)
    const body = JSON.stringify(comment)
    if (attempt.current.body !== body) attempt.current = { body, key: newKey() }
    post.mutate(
      { comment, idempotencyKey: attempt.current.key },
      {
        onSuccess: made => {
          lastAuthor = values.author
          attempt.current = { body: '', key: '' }
          setValues({ ...empty, author: values.author })
          onPosted(made)
        },
        onError: () => announce('The comment was not taken.'),
      },
    )
  }
  const set = (field: Field) => (value: string) => setValues({ ...values, [field]: value })
  return (
    <form
      ref={form}
      className="comment-form"
      onSubmit={send}
      noValidate
      aria-label={replyTo === undefined ? 'Write a comment' : 'Write a reply'}
    >
      <FormField
        name="author"
        label="Your name"
        wrong={wrong['author']}
        value={values.author}
        onChange={set('author')}
      />
      <FormField
        name="kind"
        label="Kind"
        wrong={wrong['kind']}
        value={values.kind}
        onChange={set('kind')}
        choices={['remark', 'review', 'reply']}
      />
      <FormField
        name="rating"
        label="Rating, 1 to 10"
        wrong={wrong['rating']}
        value={values.rating}
        onChange={set('rating')}
      />
      <FormField name="text" label="Text" wrong={wrong['text']} value={values.text} onChange={set('text')} long />
      {isElsewhere && (
        <div className="wide">
          <ProblemBox error={post.error} />
        </div>
      )}
      <p className="wide">
        <button type="submit" className="button main" aria-disabled={post.isPending}>
          {post.isPending ? 'Sending…' : replyTo === undefined ? 'Post the comment' : 'Post the reply'}
        </button>
      </p>
    </form>
  )
}

/** As it is sent: what is not a number is left for the server to refuse. */
export function commentOf(
  { author, kind, rating, text }: Values,
  paperId: string,
  replyTo: string | undefined,
): CommentWrite {
  const number = Number(rating)
  return {
    ...{ paperId, author: author.trim(), text: text.trim(), kind: kind as NonNullable<CommentWrite['kind']> },
    ...(rating.trim() === '' ? {} : { rating: Number.isFinite(number) ? number : (rating as unknown as number) }),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
}

/** `randomUUID` is there on https and localhost only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

interface FormFieldProps {
  readonly name: Field
  readonly label: string
  readonly value: string
  readonly wrong: string | undefined
  readonly onChange: (value: string) => void
  readonly choices?: readonly string[]
  readonly long?: boolean
}

function FormField({ name, label, value, wrong, onChange, choices, long = false }: FormFieldProps): ReactNode {
  const id = useId()
  const attributes = {
    ...{ id, name, value },
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
    ...(wrong === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': `${id}-wrong` }),
  }
  return (
    <div className={long ? 'field wide' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {choices !== undefined ? (
        <select {...attributes}>
          {choices.map(choice => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : long ? (
        <textarea {...attributes} />
      ) : (
        <input
          {...attributes}
          {...(name === 'rating' ? { inputMode: 'numeric' as const } : { autoComplete: 'name' })}
        />
      )}
      {wrong !== undefined && (
        <span className="wrong" id={`${id}-wrong`}>
          {wrong}
        </span>
      )}
    </div>
  )
}
