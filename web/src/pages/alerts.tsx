import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { AlertView, SilenceView } from '../../../src/http/pipeline-alert.js'
import { pipelinePath } from '../data/paths.js'
import { useAlerts } from '../data/pipeline.js'
import { ask } from '../data/request.js'
import { announce } from '../parts/announcer.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { Pill, SeverityPill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'

export function Alerts(): ReactNode {
  const [parameters, setParameters] = useSearchParams()
  const all = parameters.get('all') === 'true'
  const alerts = useAlerts(all)
  return (
    <Page
      title="Alerts"
      lead={
        alerts.data?.at == null ? (
          'What is not as promised, and who has it.'
        ) : (
          <>
            What is not as promised, and who has it. Last looked <Time at={alerts.data.at} />.
          </>
        )
      }
      actions={
        <label className="row">
          <input
            type="checkbox"
            checked={all}
            onChange={event => setParameters(event.target.checked ? { all: 'true' } : {})}
          />
          Also those that are over
        </label>
      }
    >
      <Loaded query={alerts} waiting={<SkeletonRows rows={4} height="8rem" />}>
        {({ alerts: list, silences }) => (
          <>
            {list.length === 0 ? (
              <Empty title={all ? 'There never was one' : 'No alert is open'}>
                {!all && 'Everything is as promised, as far as was looked.'}
              </Empty>
            ) : (
              <ul className="stack">
                {list.map(alert => (
                  <li key={`${alert.id} ${alert.since}`}>
                    <AlertCard alert={alert} />
                  </li>
                ))}
              </ul>
            )}
            <Silences silences={silences} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function AlertCard({ alert }: { readonly alert: AlertView }): ReactNode {
  const { id, kind, severity, title, promised, seen, since, resolvedAt, acknowledged, affected, look } = alert
  return (
    <article className="card stack" data-alert={id}>
      <div className="row">
        <SeverityPill severity={severity} />
        {resolvedAt !== null && <Pill tone="pass">over</Pill>}
        <h2>{title}</h2>
        <small>
          seen first <Time at={since} />
          {resolvedAt !== null && (
            <>
              , over <Time at={resolvedAt} />
            </>
          )}
        </small>
      </div>
      <dl className="facts">
        <div>
          <dt>Seen</dt>
          <dd>{seen}</dd>
        </div>
        <div>
          <dt>Promised</dt>
          <dd>{promised}</dd>
        </div>
        {affected.length > 0 && (
          <div>
            <dt>Affected</dt>
            <dd>{affected.join(', ')}</dd>
          </div>
        )}
        <div>
          <dt>Look</dt>
          <dd className="mono">{look}</dd>
        </div>
        <div>
          <dt>Alert</dt>
          <dd>
            <span className="mono">{id}</span> {kind}
          </dd>
        </div>
        {acknowledged !== null && (
          <div>
            <dt>Acknowledged</dt>
            <dd>
              by {acknowledged.by}, <Time at={acknowledged.at} />
              {acknowledged.note !== null && <>: {acknowledged.note}</>}
            </dd>
          </div>
        )}
      </dl>
      {acknowledged === null && resolvedAt === null && <Acknowledge id={id} />}
    </article>
  )
}

function Acknowledge({ id }: { readonly id: string }): ReactNode {
  const client = useQueryClient()
  const [note, setNote] = useState('')
  const [by, setBy] = useState('')
  const noteId = useId()
  const byId = useId()
  const acknowledge = useMutation({
    mutationFn: () =>
      ask(pipelinePath(`alerts/${encodeURIComponent(id)}/ack`), {
        method: 'POST',
        body: { ...(note.trim() === '' ? {} : { note: note.trim() }), ...(by.trim() === '' ? {} : { by: by.trim() }) },
      }),
    onSuccess: () => {
      announce('The alert is acknowledged.')
      void client.invalidateQueries({ queryKey: ['pipeline'] })
    },
  })
  return (
    <form
      className="row"
      style={{ alignItems: 'end' }}
      onSubmit={event => {
        event.preventDefault()
        if (!acknowledge.isPending) acknowledge.mutate()
      }}
    >
      <div className="field">
        <label htmlFor={byId}>Who has it</label>
        <input id={byId} maxLength={200} autoComplete="name" value={by} onChange={event => setBy(event.target.value)} />
      </div>
      <div className="field" style={{ flex: '1 1 16rem' }}>
        <label htmlFor={noteId}>Note (if you like)</label>
        <input id={noteId} maxLength={1000} value={note} onChange={event => setNote(event.target.value)} />
      </div>
      <button type="submit" className="button main" aria-disabled={acknowledge.isPending}>
        {acknowledge.isPending ? 'Sending…' : 'Acknowledge'}
      </button>
      {acknowledge.isError && <ProblemBox error={acknowledge.error} />}
    </form>
  )
}

function Silences({ silences }: { readonly silences: readonly SilenceView[] }): ReactNode {
  if (silences.length === 0) return null
  return (
    <section className="section" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      <table className="cards">
        <caption className="sr">What nobody is told of for a time</caption>
        <thead>
          <tr>
            <th scope="col">Of</th>
            <th scope="col">Until</th>
            <th scope="col">Reason</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {silences.map(({ id, datasets, kind, until, reason, by }) => (
            <tr key={id}>
              <th scope="row" className="name">
                {datasets.length === 0 ? 'everything' : datasets.join(', ')}
                {kind !== null && `, ${kind}`}
              </th>
              <td>
                <Time at={until} exact />
              </td>
              <td className="wide">{reason}</td>
              <td>{by}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
