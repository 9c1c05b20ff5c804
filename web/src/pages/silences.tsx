import type { ReactNode } from 'react'
import type { SilenceView } from '../../../src/http/pipeline-alert.js'
import { useEndSilence } from '../data/silences.js'
import { Pill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Table } from '../parts/table.js'
import { Time } from '../parts/time.js'

const COLUMNS = ['Of', 'State', 'Until', 'Reason', 'By', { name: 'End it', unseen: true }]

export function Silences({ silences }: { readonly silences: readonly SilenceView[] }): ReactNode {
  const end = useEndSilence()
  if (silences.length === 0) return null
  return (
    <section className="section" aria-labelledby="silences">
      <h2 id="silences">Silences</h2>
      {end.isError && <ProblemBox error={end.error} />}
      <Table caption="What nobody is told of for a time" columns={COLUMNS}>
        {silences.map(silence => (
          <SilenceRow
            key={silence.id}
            silence={silence}
            isEnding={end.isPending && end.variables === silence.id}
            onEnd={() => end.mutate(silence.id)}
          />
        ))}
      </Table>
    </section>
  )
}

interface SilenceRowProps {
  readonly silence: SilenceView
  readonly isEnding: boolean
  readonly onEnd: () => void
}

function SilenceRow({ silence, isEnding, onEnd }: SilenceRowProps): ReactNode {
  const { datasets, kind, from, until, reason, by } = silence
  const of = `${datasets.length === 0 ? 'everything' : datasets.join(', ')}${kind === null ? '' : `: ${kind}`}`
  return (
    <tr>
      <th scope="row" className="name">
        <b>{of}</b>
      </th>
      <td>
        {Date.parse(from) > Date.now() ? (
          <>
            <Pill tone="none">planned</Pill>{' '}
            <small>
              begins <Time at={from} />
            </small>
          </>
        ) : (
          <Pill tone="info">silent</Pill>
        )}
      </td>
      <td className="wide">
        <Time at={until} exact />
      </td>
      <td className="wide">{reason}</td>
      <td>{by}</td>
      <td className="n">
        <button type="button" className="button small" aria-disabled={isEnding} onClick={() => isEnding || onEnd()}>
          {isEnding ? 'Ending…' : 'End it'}
          <span className="sr"> of {of}</span>
        </button>
      </td>
    </tr>
  )
}
