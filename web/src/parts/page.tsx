import { type ReactNode, useEffect, useRef } from 'react'

export interface PageProps {
  readonly title: string
  /** Of the window; the heading if left out. */
  readonly name?: string
  readonly crumbs?: ReactNode
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** The address that was opened first: there the browser decides where the focus is. */
let opened: string | undefined

/** A page: its heading has the focus when one comes from another page, so that screen readers tell where one is. */
export function Page({ title, name = title, crumbs, lead, actions, children }: PageProps): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${name} · Lakeferry`
  }, [name])
  useEffect(() => {
    opened ??= location.pathname
    if (opened !== location.pathname) {
      opened = ''
      heading.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
  }, [])
  return (
    <>
      <div className="head">
        <div>
          {crumbs !== undefined && (
            <nav className="crumbs" aria-label="Where you are">
              {crumbs}
            </nav>
          )}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
    </>
  )
}
