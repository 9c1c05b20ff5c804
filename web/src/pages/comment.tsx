import { type ReactNode, useState } from 'react'
import type { Comment as CommentDocument } from '../../../src/http/papers.js'
import { readDraft } from '../data/draft.js'
import { commentPath } from '../data/paths.js'
import { commentKey } from '../data/thread.js'
import { Time } from '../parts/time.js'
import { CommentEdit } from './comment-edit.js'
import { CommentForm } from './comment-form.js'
import { CommentRemoval } from './comment-removal.js'

export interface CommentProps {
  readonly comment: CommentDocument
  readonly paperId: string
  /** It came while the page was open. */
  readonly isNew: boolean
  readonly hasReplies: boolean
  readonly onPosted: (comment: CommentDocument) => void
  readonly onChanged: (comment: CommentDocument) => void
  readonly onRemoved: () => void
}

/** One comment, and what can be done about it. */
export function Comment(props: CommentProps): ReactNode {
  const { comment, paperId, isNew, hasReplies, onPosted, onChanged, onRemoved } = props
  // What was typed over it before, in this tab, is not lost out of sight.
  const [doing, setDoing] = useState<'reply' | 'edit' | 'removal' | undefined>(() =>
    readDraft(commentPath(commentKey(comment))) === undefined ? undefined : 'edit',
  )
  const { author, text, kind, rating, createdAt, removedAt } = comment
  const name = author ?? 'Unknown'
  const toggle = (what: typeof doing) => () => setDoing(doing === what ? undefined : what)
  return (
    <article className={isNew ? 'comment new' : 'comment'} data-comment={comment._id}>
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
      {doing === 'edit' ? (
        <CommentEdit
          id={commentKey(comment)}
          onCancel={() => setDoing(undefined)}
          onSaved={saved => {
            setDoing(undefined)
            onChanged(saved)
          }}
        />
      ) : (
        <p className={removedAt === undefined ? 'prose' : 'prose quiet'}>{text ?? ''}</p>
      )}
      {removedAt === undefined && doing !== 'edit' && (
        <div className="row deeds">
          <button type="button" className="link" aria-expanded={doing === 'reply'} onClick={toggle('reply')}>
            {doing === 'reply' ? 'Do not reply' : 'Reply'}
            <span className="sr"> to {name}</span>
          </button>
          <button type="button" className="link" onClick={toggle('edit')}>
            Edit<span className="sr"> the comment of {name}</span>
          </button>
          <button type="button" className="link" onClick={toggle('removal')}>
            Remove<span className="sr"> the comment of {name}</span>
          </button>
        </div>
      )}
      {doing === 'reply' && (
        <CommentForm
          paperId={paperId}
          replyTo={commentKey(comment)}
          onPosted={made => {
            setDoing(undefined)
            onPosted(made)
          }}
        />
      )}
      {doing === 'removal' && (
        <CommentRemoval
          comment={comment}
          hasReplies={hasReplies}
          onClose={() => setDoing(undefined)}
          onRemoved={() => {
            setDoing(undefined)
            onRemoved()
          }}
        />
      )}
    </article>
  )
}
