import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { Link, useLocation } from 'wouter'
import { askNow, connection, onConnection } from '../data/connection.js'
import { useStatus } from '../data/pipeline.js'
import { Announcer, announce } from './announcer.js'
import { ThemeSwitch } from './theme-switch.js'

const PAGES = [
  ['/', 'Overview'],
  ['/runs', 'Runs'],
  ['/quality', 'Quality'],
  ['/papers', 'Papers'],
  ['/contract', 'Contract'],
  ['/alerts', 'Alerts'],
] as const

/** What is around every page. */
export function Frame({ children }: { readonly children: ReactNode }): ReactNode {
  useSlashToSearch()
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <div>
          <Link href="/" className="brand">
            <Boat />
            Lakeferry
          </Link>
          <Navigation />
          <ThemeSwitch />
        </div>
      </header>
      <ConnectionBanner />
      <main id="main" className="page" tabIndex={-1}>
        {children}
      </main>
      <Foot />
      <Announcer />
    </>
  )
}

function Navigation(): ReactNode {
  const [path] = useLocation()
  const open = useStatus().data?.openAlerts ?? 0
  return (
    <nav className="nav" aria-label="Pages">
      <ul>
        {PAGES.map(([href, name]) => (
          <li key={href}>
            <Link href={href} {...(isAt(path, href) ? { 'aria-current': 'page' as const } : {})}>
              {name}
              {href === '/alerts' && open > 0 && (
                <span className="count">
                  {open}
                  <span className="sr"> open</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function isAt(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)
}

function ConnectionBanner(): ReactNode {
  const state = useSyncExternalStore(onConnection, connection)
  useEffect(
    () => onConnection(() => announce(connection() === 'lost' ? 'The connection is lost.' : 'The connection is back.')),
    [],
  )
  if (state === 'there') return null
  return (
    <section className="banner" aria-label="Connection">
      <div>
        <b>The server does not answer.</b>
        <span>What is shown is from before. The page goes on by itself when it is back.</span>
        <button type="button" onClick={askNow}>
          Try now
        </button>
      </div>
    </section>
  )
}

function Foot(): ReactNode {
  const { data } = useStatus()
  return (
    <footer className="foot">
      <div>
        <p>{data === undefined ? 'Lakeferry' : `Lake: ${data.lake}`}</p>
        <p>
          <a href="/docs">API</a>
        </p>
        <p>
          Times are UTC. Press <kbd>/</kbd> to search papers.
        </p>
      </div>
    </footer>
  )
}

/** `/` goes to the field that searches, on whichever page it is; elsewhere to the page that has one. */
function useSlashToSearch(): void {
  const [, navigate] = useLocation()
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      const { target } = event
      if (
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
      )
        return
      event.preventDefault()
      const field = document.querySelector<HTMLElement>('[data-search]')
      if (field !== null) field.focus()
      else navigate('/papers', { state: { search: true } })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [navigate])
}

function Boat(): ReactNode {
  return (
    <svg
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M4 17h24l-3.8 6.5H7.8zM10 17v-7h8l4 7M14 10V5" />
      <path
        d="M3 28c2.2 0 2.2-1.2 4.3-1.2S9.500 28 11.700 28s2.2-1.2 4.3-1.2 2.2 1.2 4.3 1.2 2.2-1.2 4.4-1.2S26.800 28 29 28"
        strokeWidth="2"
      />
    </svg>
  )
}
