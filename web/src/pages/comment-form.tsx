import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Comment, CommentWrite } from '../../../src/http/papers.js'
import { dropDraft, keepDraft, readDraft } from '../data/draft.js'
import type { Values } from '../data/edits.js'
import { useIdempotencyKey } from '../data/idempotency-key.js'
import { keepName, readName } from '../data/own-name.js'
import { usePostComment } from '../data/papers.js'
import { fieldProblems } from '../data/problem.js'
import { announce } from '../parts/announcer.js'
import { FormField } from '../parts/form-field.js'
import { ProblemBox, problemIn } from '../parts/problem-box.js'

export interface CommentFormProps {
  readonly paperId: string
  readonly replyTo?: string
  readonly onPosted: (comment: Comment) => void
}

const FIELDS = ['author', 'kind', 'rating', 'text'] as const
const KINDS = ['remark', 'review', 'reply'] as const

/** The server says what is wrong with a comment, and it is shown at the field. */
export function CommentForm({ paperId, replyTo, onPosted }: CommentFormProps): ReactNode {
  const empty = { author: readName(), kind: replyTo === undefined ? 'remark' : 'reply', rating: '', text: '' }
  const draft = `comment on ${paperId}, to ${replyTo ?? ''}`
  const [values, setValues] = useState<Values>(() => readDraft(draft)?.values ?? empty)
  const post = usePostComment()
  const keyOfBody = useIdempotencyKey()
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
    post.mutate(
      { comment, idempotencyKey: keyOfBody(JSON.stringify(comment)) },
      {
        onSuccess: made => {
          keepName(values['author'] ?? '')
          dropDraft(draft)
          setValues({ ...empty, author: readName() })
          onPosted(made)
        },
        onError: () => announce('The comment was not taken.'),
      },
    )
  }
  const field = (name: (typeof FIELDS)[number]) => ({
    ...{ name, value: values[name] ?? '', wrong: wrong[name] },
    onChange: (value: string) => {
      const next = { ...values, [name]: value }
      setValues(next)
      keepDraft(draft, { values: next, base: empty })
    },
  })
  return (
    <form
      ref={form}
      className="comment-form"
      onSubmit={send}
      noValidate
      aria-label={replyTo === undefined ? 'Write a comment' : 'Write a reply'}
    >
      <FormField {...field('author')} label="Your name" autoComplete="name" />
      <FormField {...field('kind')} label="Kind" choices={KINDS} />
      <FormField {...field('rating')} label="Rating, 1 to 10" mode="numeric" />
      <FormField {...field('text')} label="Text" lines={4} className="wide" />
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
function commentOf(values: Values, paperId: string, replyTo: string | undefined): CommentWrite {
  const { author = '', kind = '', rating = '', text = '' } = values
  return {
    ...{ paperId, author: author.trim(), text: text.trim(), kind: kind as NonNullable<CommentWrite['kind']> },
    ...(rating.trim() === '' ? {} : { rating: ratingOf(rating) as number }),
    ...(replyTo === undefined ? {} : { replyTo }),
  }
}

/** What is no number is left for the server to refuse. */
export function ratingOf(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}
