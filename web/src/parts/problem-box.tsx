import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useId, useState } from 'react'
import type { Problem } from '../../../src/http/problem.js'
import { askNow } from '../data/connection.js'
import { RequestFailed } from '../data/problem.js'
import { enterToken } from '../data/use-token.js'
import { sentence } from '../text/sentence.js'
import { announce } from './announcer.js'

export function problemIn(error: unknown): Problem {
  if (error instanceof RequestFailed) return error.problem
  return {
    type: 'about:blank',
    title: 'This page has failed',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    hint: 'Reload the page. If it fails again, it is a defect.',
  }
}

/** What went wrong, what to do, and what to quote when asking for help. */
export function ProblemBox({ error, retry }: { readonly error: unknown; readonly retry?: () => void }): ReactNode {
  const { title, detail, hint, requestId, code, status, errors } = problemIn(error)
  const again = (): void => {
    askNow()
    retry?.()
  }
  return (
    <section className="problem" role="alert">
      <h2>{status === 401 ? 'A token is needed' : title}</h2>
      {detail !== undefined && <p>{sentence(detail)}</p>}
      {errors !== undefined && errors.length > 0 && (
        <ul>
          {errors.map(({ pointer, detail: wanted }) => (
            <li key={`${pointer} ${wanted}`}>
              {pointer !== '' && <span className="mono">{pointer} </span>}
              {wanted}
            </li>
          ))}
        </ul>
      )}
      {hint !== undefined && <p>{hint}</p>}
      {(status === 401 || status === 403) && <TokenForm />}
      <div className="row">
        {retry !== undefined && (
          <button type="button" className="button" onClick={again}>
            Try again
          </button>
        )}
        <small>
          {code !== undefined && (
            <>
              Code <span className="mono">{code}</span>{' '}
            </>
          )}
          {requestId !== undefined && (
            <>
              Request <span className="mono">{requestId}</span>
            </>
          )}
        </small>
      </div>
    </section>
  )
}

/** No form: it may be within one, which is sent again when there is a token. */
function TokenForm(): ReactNode {
  const client = useQueryClient()
  const [token, setToken] = useState('')
  const id = useId()
  const enter = (): void => {
    if (token.trim() === '') return
    enterToken(token.trim())
    announce('The token is kept. Try it again.')
    void client.invalidateQueries()
  }
  return (
    <fieldset className="row token">
      <div className="field">
        <label htmlFor={id}>Token (kept until this tab is closed)</label>
        <input
          id={id}
          type="password"
          autoComplete="off"
          value={token}
          onChange={event => setToken(event.target.value)}
          onKeyDown={event => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            enter()
          }}
        />
      </div>
      <button type="button" className="button main" onClick={enter}>
        Use this token
      </button>
    </fieldset>
  )
}
