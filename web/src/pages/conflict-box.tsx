import { type ReactNode, useEffect, useRef } from 'react'
import type { Values } from '../data/edits.js'
import { type Conflict, unsettled } from '../data/use-editing.js'

export interface ConflictBoxProps {
  readonly conflict: Conflict
  readonly values: Values
  readonly labelOf: (field: string) => string
  /** Theirs is to be in the field, in the place of what was typed. */
  readonly onTake: (field: string) => void
}

/** Somebody else was quicker: what they have stored, beside what was typed here, and the choice. */
export function ConflictBox({ conflict, values, labelOf, onTake }: ConflictBoxProps): ReactNode {
  const { theirs, taken, disputed } = conflict
  const open = unsettled(conflict, values)
  const box = useRef<HTMLElement>(null)
  // With each answer that tells one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => box.current?.focus(), [conflict])
  return (
    <section ref={box} className="conflict wide stack" tabIndex={-1} aria-labelledby="conflict" data-conflict>
      <h2 id="conflict">Somebody else has changed this in the meantime</h2>
      <p>
        Nothing was saved, and what you typed is still below.{' '}
        {taken.length > 0 && `Theirs is in the fields that only they have changed: ${taken.map(labelOf).join(', ')}. `}
        {open.length > 0
          ? 'These fields you have both changed:'
          : disputed.length > 0
            ? 'Every field is settled: save it.'
            : 'None of your fields is touched by it: save again.'}
      </p>
      {open.length > 0 && (
        <ul className="stack">
          {open.map(field => (
            <li key={field}>
              <b>{labelOf(field)}</b>
              <small> as it is stored now</small>
              <blockquote className="prose">{theirs[field] === '' ? '(empty)' : theirs[field]}</blockquote>
              <button type="button" className="button" onClick={() => onTake(field)}>
                Take theirs<span className="sr">: {labelOf(field)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {open.length > 0 && <p>What you leave as it is replaces theirs when you save.</p>}
    </section>
  )
}
