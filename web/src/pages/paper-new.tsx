import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Paper } from '../../../src/http/papers.js'
import { dropDraft, keepDraft, readDraft } from '../data/draft.js'
import { useIdempotencyKey } from '../data/idempotency-key.js'
import { newPaper, paperValues } from '../data/paper-edit.js'
import { paperPage } from '../data/paths.js'
import { askStored } from '../data/stored.js'
import { announce } from '../parts/announcer.js'
import { Page } from '../parts/page.js'
import { keyOf } from '../text/paper-fields.js'
import { PaperForm } from './paper-form.js'

/** Where the draft of a new paper is kept. */
export const NEW_PAPER = 'new paper'
const EMPTY = { id: '', ...paperValues(undefined) }

export function PaperNew(): ReactNode {
  const client = useQueryClient()
  const [, navigate] = useLocation()
  const [values, setValues] = useState(() => readDraft(NEW_PAPER)?.values ?? EMPTY)
  const keyOfBody = useIdempotencyKey()
  const add = useMutation({
    mutationFn: () => {
      const body = newPaper(values)
      return askStored<Paper>('/api/iclr', {
        ...{ method: 'POST', body, headers: { 'idempotency-key': keyOfBody(JSON.stringify(body)) } },
      })
    },
    onSuccess: made => {
      dropDraft(NEW_PAPER)
      const id = keyOf(made.document)
      client.setQueryData(['paper', id], made)
      void client.invalidateQueries({ queryKey: ['papers'] })
      announce('The paper is added.')
      navigate(paperPage(id), { replace: true })
    },
  })
  return (
    <Page
      title="Add a paper"
      crumbs={<Link href="/papers">Papers</Link>}
      lead="Only the title is needed; everything else can be added later."
    >
      <PaperForm
        label="Add a paper"
        withId
        values={values}
        error={add.error}
        onSend={() => {
          if (!add.isPending) add.mutate()
        }}
        onChange={(name, value) => {
          const next = { ...values, [name]: value }
          setValues(next)
          keepDraft(NEW_PAPER, { values: next, base: EMPTY })
        }}
      >
        <button type="submit" className="button main" aria-disabled={add.isPending}>
          {add.isPending ? 'Sending…' : 'Add the paper'}
        </button>
        <Link href="/papers" className="button" onClick={() => dropDraft(NEW_PAPER)}>
          Cancel
        </Link>
      </PaperForm>
    </Page>
  )
}
