import { type ReactNode, useState } from 'react'
import { keepName, readName } from '../data/own-name.js'
import { useStatus } from '../data/pipeline.js'
import { fieldProblems } from '../data/problem.js'
import { useAddSilence } from '../data/silences.js'
import { Dialog } from '../parts/dialog.js'
import { FormField } from '../parts/form-field.js'
import { ProblemBox, problemIn } from '../parts/problem-box.js'

/** What is to be silent, to begin with. */
export interface SilenceOf {
  /** Everything where there is none. */
  readonly datasets: readonly string[]
  /** Every kind where it is empty. */
  readonly kind: string
}

const LENGTHS = [
  ['1h', 'an hour'],
  ['4h', '4 hours'],
  ['1d', 'a day'],
  ['3d', '3 days'],
  ['1w', 'a week'],
  ['until', 'until…'],
] as const
const FIELDS = ['reason', 'by', 'for', 'until', 'kind', 'datasets']

/** For a time nobody is told of something that is known. */
export function SilenceDialog({ of, onClose }: { readonly of: SilenceOf; readonly onClose: () => void }): ReactNode {
  const status = useStatus().data
  const [datasets, setDatasets] = useState<readonly string[]>(of.datasets)
  const [kind, setKind] = useState(of.kind)
  const [length, setLength] = useState('4h')
  const [until, setUntil] = useState(() => new Date(Date.now() + 86_400_000).toISOString().slice(0, 16))
  const [reason, setReason] = useState('')
  const [by, setBy] = useState(readName)
  const add = useAddSilence()
  const wrong = add.isError ? fieldProblems(problemIn(add.error), FIELDS) : {}
  const names = [...new Set([...(status?.datasets.map(({ dataset }) => dataset) ?? []), ...of.datasets])]
  const kinds = [...new Set([...(status?.checks.map(check => check.kind) ?? []), ...(of.kind === '' ? [] : [of.kind])])]
  const send = (): void => {
    if (add.isPending) return
    const end = length === 'until' ? { until: `${until}Z` } : { for: length }
    add.mutate(
      { datasets, kind, length: end, reason, by },
      {
        onSuccess: () => {
          keepName(by)
          onClose()
        },
      },
    )
  }
  return (
    <Dialog title="Add a silence" onClose={onClose}>
      <p className="quiet">Alerts go on being found and shown here; nobody is sent them until it ends.</p>
      <form
        className="form"
        aria-label="Add a silence"
        noValidate
        onSubmit={event => {
          event.preventDefault()
          send()
        }}
      >
        <fieldset className="field wide">
          <legend className="label">Of which datasets</legend>
          <div className="row">
            {status === undefined && names.length === 0 && <span className="quiet">Loading…</span>}
            {names.map(name => (
              <label key={name} className="check">
                <input
                  type="checkbox"
                  checked={datasets.includes(name)}
                  onChange={event =>
                    setDatasets(event.target.checked ? [...datasets, name] : datasets.filter(one => one !== name))
                  }
                />
                {name}
              </label>
            ))}
          </div>
          <small>
            {datasets.length === 0 ? 'None is chosen: it is of everything, the lake and the source too.' : ' '}
          </small>
        </fieldset>
        <FormField
          name="kind"
          label="Of which alerts"
          value={kind}
          onChange={setKind}
          wrong={wrong['kind']}
          choices={[['', 'every kind'], ...kinds.map(one => [one, one] as const)]}
        />
        <FormField
          name="for"
          label="For how long"
          value={length}
          onChange={setLength}
          wrong={length === 'until' ? undefined : wrong['for']}
          choices={LENGTHS}
        />
        {length === 'until' && (
          <FormField
            name="until"
            label="Until, UTC"
            type="datetime-local"
            value={until}
            onChange={setUntil}
            wrong={wrong['until']}
          />
        )}
        <FormField
          name="reason"
          label="Reason"
          value={reason}
          onChange={setReason}
          wrong={wrong['reason']}
          className="wide"
        />
        <FormField name="by" label="Your name" value={by} onChange={setBy} wrong={wrong['by']} autoComplete="name" />
        {add.isError && Object.keys(wrong).length === 0 && (
          <div className="wide">
            <ProblemBox error={add.error} />
          </div>
        )}
        <div className="wide row">
          <button type="submit" className="button main" aria-disabled={add.isPending}>
            {add.isPending ? 'Sending…' : 'Add the silence'}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
