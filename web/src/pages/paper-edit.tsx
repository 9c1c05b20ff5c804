import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { Paper } from '../../../src/http/papers.js'
import { keepDraft } from '../data/draft.js'
import { paperPatch, paperValues } from '../data/paper-edit.js'
import { usePaper } from '../data/papers.js'
import { NEW_PAPER_PAGE, paperPage, paperPath } from '../data/paths.js'
import { RequestFailed } from '../data/problem.js'
import type { Stored } from '../data/stored.js'
import { useEditing } from '../data/use-editing.js'
import { announce } from '../parts/announcer.js'
import { Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { titleOf } from '../text/paper-fields.js'
import { PaperForm } from './paper-form.js'
import { NEW_PAPER } from './paper-new.js'

const WAITING = <SkeletonRows rows={6} height="3.6rem" />

export function PaperEdit({ id }: { readonly id: string }): ReactNode {
  const paper = usePaper(id, { fresh: true })
  const title = paper.data === undefined ? 'Edit a paper' : `Edit ${titleOf(paper.data.document)}`
  return (
    <Page
      title="Edit the paper"
      name={title}
      crumbs={
        <>
          <Link href="/papers">Papers</Link> /{' '}
          <Link href={paperPage(id)}>{paper.data === undefined ? id : titleOf(paper.data.document)}</Link>
        </>
      }
      lead="Only what you change is written; everything else of it stays as it is."
    >
      <Loaded query={paper} waiting={WAITING}>
        {/* Of what is shown from before, somebody may have made something else: it is fetched once more. */}
        {stored => (paper.isFetchedAfterMount || paper.isError ? <EditForm id={id} stored={stored} /> : WAITING)}
      </Loaded>
    </Page>
  )
}

function EditForm({ id, stored }: { readonly id: string; readonly stored: Stored<Paper> }): ReactNode {
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const editing = useEditing<Paper>({
    path: paperPath(id),
    stored,
    valuesOf: paperValues,
    patchOf: paperPatch,
    onSaved: saved => {
      client.setQueryData(['paper', id], saved)
      void client.invalidateQueries({ queryKey: ['papers'] })
      announce('The paper is saved.')
      navigate(paperPage(id))
    },
  })
  const { values, set, save, drop, error, conflict, isChanged, isOver, isSaving, isRestored } = editing
  const isGone = error instanceof RequestFailed && error.problem.status === 404
  const addAnew = (): void => {
    keepDraft(NEW_PAPER, { values: { id: '', ...values }, base: {} })
    drop()
    navigate(NEW_PAPER_PAGE)
  }
  return (
    <PaperForm label="Edit the paper" values={values} onChange={set} onSend={save} error={error} conflict={conflict}>
      <button type="submit" className="button main" aria-disabled={isSaving}>
        {isSaving ? 'Saving…' : isOver ? 'Save over theirs' : 'Save'}
      </button>
      {isGone && (
        <button type="button" className="button" onClick={addAnew}>
          Add it as a new paper
        </button>
      )}
      <Link href={paperPage(id)} className="button" onClick={drop}>
        {isChanged ? 'Discard the changes' : 'Cancel'}
      </Link>
      {isRestored && isChanged && <small>What you typed here before is in the fields again.</small>}
    </PaperForm>
  )
}
