import { type ReactNode, useRef } from 'react'
import type { Comment as CommentDocument } from '../../../src/http/papers.js'
import { useCommentChanges, useComments } from '../data/papers.js'
import { type Thread, threadsOf } from '../data/thread.js'
import { useEvents } from '../data/use-events.js'
import { announce } from '../parts/announcer.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Pill } from '../parts/pill.js'
import { formatCount } from '../text/figures.js'
import { Comment, type CommentProps } from './comment.js'
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
      const comment = JSON.parse(data) as CommentDocument
      if (event === 'comment' && !own.current.has(comment._id)) {
        arrived.current.add(comment._id)
        announce(`New comment by ${comment.author ?? 'somebody'}.`)
      }
      put(comment)
    },
    onBack: refetch,
  })
  const posted = (comment: CommentDocument): void => {
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
              <Threads
                threads={threadsOf(list)}
                arrived={arrived.current}
                // What a removal leaves, an empty place or nothing, the server knows.
                rest={{ paperId, onPosted: posted, onChanged: put, onRemoved: refetch }}
              />
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
  readonly arrived: ReadonlySet<string>
  readonly rest: Pick<CommentProps, 'paperId' | 'onPosted' | 'onChanged' | 'onRemoved'>
}

function Threads({ threads, arrived, rest }: ThreadsProps): ReactNode {
  return (
    <ul className="thread">
      {threads.map(({ comment, replies }) => (
        <li key={comment._id}>
          <Comment comment={comment} isNew={arrived.has(comment._id)} hasReplies={replies.length > 0} {...rest} />
          {replies.length > 0 && <Threads threads={replies} arrived={arrived} rest={rest} />}
        </li>
      ))}
    </ul>
  )
}
