/** The token of this tab: gone when the tab is closed, and never in an address. */
const KEY = 'lakeferry.token'

export function readToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined // storage is switched off: the token is asked for again
  }
}

export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token)
  } catch {
    // Nothing to be done: as above.
  }
}
