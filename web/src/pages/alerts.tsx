import { type ReactNode, useState } from 'react'
import { useSearchParams } from 'wouter'
import { useAlerts } from '../data/pipeline.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { Time } from '../parts/time.js'
import { AlertCard } from './alert-card.js'
import { SilenceDialog, type SilenceOf } from './silence-dialog.js'
import { Silences } from './silences.js'

export function Alerts(): ReactNode {
  const [parameters, setParameters] = useSearchParams()
  const all = parameters.get('all') === 'true'
  const alerts = useAlerts(all)
  const [silencing, setSilencing] = useState<SilenceOf>()
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
        <>
          <label className="check">
            <input
              type="checkbox"
              checked={all}
              onChange={event => setParameters(event.target.checked ? { all: 'true' } : {})}
            />
            Also those that are over
          </label>
          <button type="button" className="button" onClick={() => setSilencing({ datasets: [], kind: '' })}>
            Add a silence
          </button>
        </>
      }
    >
      <Loaded query={alerts} waiting={<SkeletonRows rows={3} height="13rem" />}>
        {({ at, alerts: list, silences }) => (
          <>
            {list.length === 0 ? (
              <Empty title={all ? 'There never was one' : 'No alert is open'}>
                {at === null ? (
                  <>
                    Nobody has looked yet: <code>lakeferry schedule</code> watches by itself,{' '}
                    <code>lakeferry monitor</code> looks once.
                  </>
                ) : (
                  !all && 'Everything is as promised, as far as was looked.'
                )}
              </Empty>
            ) : (
              <ul className="stack">
                {list.map(alert => (
                  <li key={`${alert.id} ${alert.since}`}>
                    <AlertCard alert={alert} onSilence={setSilencing} />
                  </li>
                ))}
              </ul>
            )}
            <Silences silences={silences} />
          </>
        )}
      </Loaded>
      {silencing !== undefined && <SilenceDialog of={silencing} onClose={() => setSilencing(undefined)} />}
    </Page>
  )
}
