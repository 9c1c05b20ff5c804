import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { AlertView } from '../../../src/http/pipeline-alert.js'
import { keepName, readName } from '../data/own-name.js'
import { pipelinePath } from '../data/paths.js'
import { ask } from '../data/request.js'
import { announce } from '../parts/announcer.js'
import { Fact, Facts } from '../parts/facts.js'
import { FormField } from '../parts/form-field.js'
import { Pill, SeverityPill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'
import type { SilenceOf } from './silence-dialog.js'

interface AlertCardProps {
  readonly alert: AlertView
  readonly onSilence: (of: SilenceOf) => void
}

export function AlertCard({ alert, onSilence }: AlertCardProps): ReactNode {
  const { id, kind, severity, title, promised, seen, since, resolvedAt, acknowledged, affected, look } = alert
  const [acknowledging, setAcknowledging] = useState(false)
  const isOpen = resolvedAt === null
  return (
    <article className="card stack" data-alert={id}>
      <header className="row">
        <SeverityPill severity={severity} />
        {!isOpen && <Pill tone="pass">over</Pill>}
        {acknowledged !== null && <Pill tone="info">acknowledged</Pill>}
        <h2>{title}</h2>
        <small>
          seen first <Time at={since} />
          {resolvedAt !== null && (
            <>
              , over <Time at={resolvedAt} />
            </>
          )}
        </small>
      </header>
      <Facts>
        <Fact name="Seen">{seen}</Fact>
        <Fact name="Promised">{promised}</Fact>
        {affected.length > 0 && <Fact name="Affected">{affected.join(', ')}</Fact>}
        {look !== '' && (
          <Fact name="Look" className="mono">
            {look}
          </Fact>
        )}
        <Fact name="Alert">
          <span className="mono">{id}</span> {kind}
        </Fact>
        {acknowledged !== null && (
          <Fact name="Acknowledged">
            by {acknowledged.by}, <Time at={acknowledged.at} />
            {acknowledged.note !== null && <>: {acknowledged.note}</>}
          </Fact>
        )}
      </Facts>
      {isOpen && !acknowledging && (
        <div className="row">
          {acknowledged === null && (
            <button type="button" className="button" onClick={() => setAcknowledging(true)}>
              Acknowledge…<span className="sr"> {title}</span>
            </button>
          )}
          <button type="button" className="button" onClick={() => onSilence({ datasets: affected, kind })}>
            Silence…<span className="sr"> {title}</span>
          </button>
        </div>
      )}
      {isOpen && acknowledging && <Acknowledge id={id} onDone={() => setAcknowledging(false)} />}
    </article>
  )
}

function Acknowledge({ id, onDone }: { readonly id: string; readonly onDone: () => void }): ReactNode {
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [by, setBy] = useState(readName)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])
  const acknowledge = useMutation({
    mutationFn: () =>
      ask(pipelinePath(`alerts/${encodeURIComponent(id)}/ack`), {
        method: 'POST',
        body: { ...(note.trim() === '' ? {} : { note: note.trim() }), ...(by.trim() === '' ? {} : { by: by.trim() }) },
      }),
    onSuccess: async () => {
      keepName(by)
      announce('The alert is acknowledged.')
      await client.invalidateQueries({ queryKey: ['pipeline'] })
      onDone()
    },
  })
  return (
    <form
      ref={form}
      className="acknowledge"
      aria-label="Acknowledge"
      onSubmit={event => {
        event.preventDefault()
        if (!acknowledge.isPending) acknowledge.mutate()
      }}
    >
      <FormField name="by" label="Who has it" value={by} onChange={setBy} autoComplete="name" />
      <FormField name="note" label="Note (if you like)" value={note} onChange={setNote} />
      <div className="row">
        <button type="submit" className="button main" aria-disabled={acknowledge.isPending}>
          {acknowledge.isPending ? 'Sending…' : 'Acknowledge'}
        </button>
        <button type="button" className="button" onClick={onDone}>
          Cancel
        </button>
      </div>
      <small className="wide">No reminders are sent until it is over or gets worse.</small>
      {acknowledge.isError && (
        <div className="wide">
          <ProblemBox error={acknowledge.error} />
        </div>
      )}
    </form>
  )
}
