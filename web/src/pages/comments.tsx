import { type ReactNode, useRef, useState } from 'react'
import type { Comment } from '../../../src/http/papers.js'
import { useCommentChanges, useComments } from '../data/papers.js'
import { commentKey, type Thread, threadsOf } from '../data/thread.js'
import { useEvents } from '../data/use-events.js'
import { announce } from '../parts/announcer.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Pill } from '../parts/pill.js'
import { Time } from '../parts/time.js'
import { formatCount } from '../text/figures.js'
import { CommentForm } from './comment-form.js'

/** The comments on a paper, as they are written. */
export function Comments({ paperId }: { readonly paperId: string }): ReactNode {
  const comments = useComments(paperId)
  const { put, remove, refetch } = useCommentChanges(paperId)
  const arrived = useRef(new Set<string>())
  const own = useRef(new Set<string>())
  const live = useEvents(`/api/comments/events?paperId=${encodeURIComponent(paperId)}`, {
    onEvent: ({ event, data }) => {
      if (event === 'lost') return refetch()
      if (event === 'comment-removed') return remove((JSON.parse(data) as { _id: string })._id)
      if (event !== 'comment' && event !== 'comment-changed') return
      const comment = JSON.parse(data) as Comment
      if (event === 'comment' && !own.current.has(comment._id)) {
        arrived.current.add(comment._id)
        announce(`New comment by ${comment.author ?? 'somebody'}.`)
      }
      put(comment)
    },
    onBack: refetch,
  })
  const posted = (comment: Comment): void => {
    own.current.add(comment._id)
    put(comment)
    announce('Your comment is there.')
  }
  return (
    <section className="section" aria-labelledby="comments">
      <header>
        <h2 id="comments">Comments{comments.data === undefined ? '' : ` (${formatCount(comments.data.total)})`}</h2>
        <small>
          {live === 'live' ? (
            <Pill tone="pass">live</Pill>
          ) : live === 'waiting' ? (
            'connecting…'
          ) : (
            'not live: reload to see new ones'
          )}
        </small>
      </header>
      <Loaded query={comments} waiting={<SkeletonRows rows={4} height="5rem" />}>
        {({ comments: list, total }) => (
          <>
            {list.length === 0 ? (
              <Empty title="No comment yet">The first one is yours to write.</Empty>
            ) : (
              <Threads threads={threadsOf(list)} paperId={paperId} arrived={arrived.current} onPosted={posted} />
            )}
            {total > list.length && (
              <p className="quiet">{formatCount(total - list.length)} more are not shown here.</p>
            )}
          </>
        )}
      </Loaded>
      <section className="section" aria-labelledby="write">
        <h3 id="write">Write a comment</h3>
        <CommentForm paperId={paperId} onPosted={posted} />
      </section>
    </section>
  )
}

interface ThreadsProps {
  readonly threads: readonly Thread[]
  readonly paperId: string
  readonly arrived: ReadonlySet<string>
  readonly onPosted: (comment: Comment) => void
}

function Threads({ threads, ...rest }: ThreadsProps): ReactNode {
  return (
    <ul className="thread">
      {threads.map(thread => (
        <li key={thread.comment._id}>
          <OneComment comment={thread.comment} {...rest} />
          {thread.replies.length > 0 && <Threads threads={thread.replies} {...rest} />}
        </li>
      ))}
    </ul>
  )
}

function OneComment({
  comment,
  paperId,
  arrived,
  onPosted,
}: { readonly comment: Comment } & Omit<ThreadsProps, 'threads'>): ReactNode {
  const [replying, setReplying] = useState(false)
  const { author, text, kind, rating, createdAt, removedAt } = comment
  const name = author ?? 'Unknown'
  return (
    <article className={arrived.has(comment._id) ? 'comment new' : 'comment'} data-comment={comment._id}>
      <header>
        <b>{name}</b>
        {kind !== undefined && <span className="tag">{kind}</span>}
        {rating !== undefined && <span>rating {rating}</span>}
        {createdAt !== undefined && (
          <small>
            <Time at={createdAt} />
          </small>
        )}
      </header>
      <p className={removedAt === undefined ? 'prose' : 'prose quiet'}>{text ?? ''}</p>
      {removedAt === undefined && (
        <button type="button" className="link" aria-expanded={replying} onClick={() => setReplying(!replying)}>
          {replying ? 'Do not reply' : 'Reply'}
          <span className="sr"> to {name}</span>
        </button>
      )}
      {replying && (
        <CommentForm
          paperId={paperId}
          replyTo={commentKey(comment)}
          onPosted={made => {
            setReplying(false)
            onPosted(made)
          }}
        />
      )}
    </article>
  )
}
