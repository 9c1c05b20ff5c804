/**
 * Whether the server answers, as the last requests found it. While it does not, `/healthz` is asked until it does: then
 * whoever listens fetches again what is on the page.
 */
export type Connection = 'there' | 'lost'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5_000

let state: Connection = 'there'
const listeners = new Set<() => void>()

export function connection(): Connection {
  return state
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function answered(): void {
  become('there')
}

export function unanswered(): void {
  if (state === 'lost') return
  become('lost')
  probe(FIRST_WAIT_MS)
}

/** A stream has ended, which may be the server's end: it is asked whether it is there. */
export function suspect(): void {
  if (state === 'there') void reach().then(there => there || unanswered())
}

/** Resolves when the server answers. */
export function untilThere(): Promise<void> {
  return new Promise(resolve => {
    if (state === 'there') return resolve()
    const off = onConnection(() => {
      if (state !== 'there') return
      off()
      resolve()
    })
  })
}

/** At once, and not when the next attempt would be due. */
export function askNow(): void {
  if (state === 'lost') void reach()
}

function probe(waitMs: number): void {
  setTimeout(async () => {
    if (state === 'lost' && !(await reach())) probe(Math.min(waitMs * 2, LONGEST_WAIT_MS))
  }, waitMs)
}

async function reach(): Promise<boolean> {
  try {
    const { ok } = await fetch('/healthz', { cache: 'no-store' })
    if (ok) become('there')
    return ok
  } catch {
    return false
  }
}

function become(next: Connection): void {
  if (state === next) return
  state = next
  for (const listener of listeners) listener()
}
