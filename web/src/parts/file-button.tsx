import { type ReactNode, useState } from 'react'
import { requestFile } from '../data/request.js'
import { readToken } from '../data/token.js'
import { problemIn } from './problem-box.js'

export interface FileButtonProps {
  readonly path: string
  /** Of the file when it is kept. */
  readonly name: string
  /** In a tab of its own, and not kept. */
  readonly open?: boolean
  /** In a line of a table. */
  readonly small?: boolean
  readonly children: ReactNode
}

/** A link to a file of the server's; with a token it is fetched, since a plain link would not send that. */
export function FileButton({ path, name, open = false, small = false, children }: FileButtonProps): ReactNode {
  const [failed, setFailed] = useState<string>()
  const fetchIt = async (): Promise<void> => {
    setFailed(undefined)
    try {
      const address = URL.createObjectURL(await requestFile(path))
      const link = document.createElement('a')
      link.href = address
      link.download = name
      link.click()
      setTimeout(() => URL.revokeObjectURL(address), 60_000)
    } catch (error) {
      setFailed(problemIn(error).detail ?? 'It failed.')
    }
  }
  return (
    <>
      <a
        className={small ? 'button small' : 'button'}
        href={path}
        {...(open ? { target: '_blank', rel: 'noreferrer' } : { download: name })}
        onClick={event => {
          if (readToken() === undefined) return
          event.preventDefault()
          void fetchIt()
        }}
      >
        {children}
      </a>
      {failed !== undefined && <span role="alert">{failed}</span>}
    </>
  )
}
