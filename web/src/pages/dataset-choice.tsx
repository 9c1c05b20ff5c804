import { type ReactNode, useId } from 'react'

export interface DatasetChoiceProps {
  readonly datasets: readonly string[]
  readonly chosen: string
  readonly onChoose: (dataset: string) => void
  /** For none of them in particular. */
  readonly all?: string
}

export function DatasetChoice({ datasets, chosen, onChoose, all }: DatasetChoiceProps): ReactNode {
  const id = useId()
  if (datasets.length < 2 && all === undefined) return null
  return (
    <div className="field">
      <label htmlFor={id}>Dataset</label>
      <select id={id} value={chosen} onChange={event => onChoose(event.target.value)}>
        {all !== undefined && <option value="">{all}</option>}
        {datasets.map(dataset => (
          <option key={dataset}>{dataset}</option>
        ))}
      </select>
    </div>
  )
}
