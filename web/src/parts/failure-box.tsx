import type { ReactNode } from 'react'
import type { Failure } from '../../../src/http/pipeline-shapes.js'
import { sentence } from '../text/sentence.js'

/** Why something did not come to its end, and the next step. */
export function FailureBox({
  failure: { code, message, hint, step },
  children,
}: {
  readonly failure: Failure
  /** What can be done about it here. */
  readonly children?: ReactNode
}): ReactNode {
  return (
    <section className="problem" aria-label="Why it failed">
      <h2>{step === null ? 'It failed' : `The ${step} failed`}</h2>
      <p>{sentence(message)}</p>
      {hint !== null && <p>{hint}</p>}
      <div className="row">
        {children}
        <small>
          Code <span className="mono">{code}</span>
        </small>
      </div>
    </section>
  )
}

/** In a line: of a table, or of something larger. */
export function FailureLine({ failure: { code, message } }: { readonly failure: Failure }): ReactNode {
  return (
    <>
      <span className="mono">{code}</span> {message}
    </>
  )
}
