import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import type { Paper } from '../../../src/http/papers.js'
import { paperPath } from '../data/paths.js'
import { RequestFailed } from '../data/problem.js'
import { ask } from '../data/request.js'
import { ifMatch, type Stored } from '../data/stored.js'
import { announce } from '../parts/announcer.js'
import { Dialog } from '../parts/dialog.js'
import { ProblemBox } from '../parts/problem-box.js'
import { RemovalButton } from '../parts/removal-button.js'
import { titleOf } from '../text/paper-fields.js'

interface PaperRemovalProps {
  readonly id: string
  /** As it is on the page: if it has changed since, it is not removed unseen. */
  readonly stored: Stored<Paper>
  readonly onClose: () => void
}

export function PaperRemoval({ id, stored, onClose }: PaperRemovalProps): ReactNode {
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const remove = useMutation({
    mutationFn: () => ask(paperPath(id), { method: 'DELETE', headers: ifMatch(stored) }),
    onSuccess: () => {
      announce('The paper is removed.')
      navigate('/papers')
      client.removeQueries({ queryKey: ['paper', id] })
      void client.invalidateQueries({ queryKey: ['papers'] })
    },
  })
  const hasChanged = remove.error instanceof RequestFailed && remove.error.problem.status === 412
  return (
    <Dialog title="Remove this paper?" onClose={onClose}>
      <p>
        <b>{titleOf(stored.document)}</b> is taken out of the application’s collection. Its comments stay, and so do the
        exports that have it.
      </p>
      {hasChanged ? (
        <p className="note" role="alert">
          Somebody else has changed it since it was shown to you, so it was not removed. Look at it as it is now, and
          remove it then if it still is to go.
        </p>
      ) : (
        remove.isError && <ProblemBox error={remove.error} />
      )}
      <div className="row">
        {hasChanged ? (
          <button
            type="button"
            className="button main"
            onClick={() => {
              void client.invalidateQueries({ queryKey: ['paper', id] })
              onClose()
            }}
          >
            Show it as it is now
          </button>
        ) : (
          <RemovalButton removal={remove} text="Remove the paper" />
        )}
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}
