/** Who is at this tab, as they last said in any form: it is not asked for twice. */
const KEY = 'lakeferry.name'

export function readName(): string {
  try {
    return sessionStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function keepName(name: string): void {
  try {
    sessionStorage.setItem(KEY, name.trim())
  } catch {
    // It is asked for again.
  }
}
