import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Comment } from '../../../src/http/papers.js'
import { commentPath } from '../data/paths.js'
import { RequestFailed } from '../data/problem.js'
import { ask } from '../data/request.js'
import { commentKey } from '../data/thread.js'
import { announce } from '../parts/announcer.js'
import { Dialog } from '../parts/dialog.js'
import { ProblemBox } from '../parts/problem-box.js'
import { RemovalButton } from '../parts/removal-button.js'

interface CommentRemovalProps {
  readonly comment: Comment
  readonly hasReplies: boolean
  readonly onRemoved: () => void
  readonly onClose: () => void
}

export function CommentRemoval({ comment, hasReplies, onRemoved, onClose }: CommentRemovalProps): ReactNode {
  const remove = useMutation({
    mutationFn: async () => {
      try {
        await ask(commentPath(commentKey(comment)), { method: 'DELETE' })
      } catch (error) {
        // Somebody else was quicker: it is gone, which is what was wanted.
        if (!(error instanceof RequestFailed) || error.problem.status !== 404) throw error
      }
    },
    onSuccess: () => {
      announce('The comment is removed.')
      onRemoved()
    },
  })
  return (
    <Dialog title="Remove this comment?" onClose={onClose}>
      <p>
        {hasReplies
          ? 'It has replies, so its place stays, without its name and its words.'
          : 'It is taken out of the application’s collection.'}
      </p>
      <blockquote className="prose clamp">{comment.text ?? ''}</blockquote>
      {remove.isError && <ProblemBox error={remove.error} />}
      <div className="row">
        <RemovalButton removal={remove} text="Remove the comment" />
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}
