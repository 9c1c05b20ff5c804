import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'

/** Waits until it is so, for as long as a machine that is busy with others may take. @param what - told where it never is */
export async function until(is: () => boolean, what: string | (() => string)): Promise<void> {
  for (const give = Date.now() + 30_000; !is() && Date.now() < give; ) await sleep(10)
  if (!is()) expect.fail(`never: ${typeof what === 'string' ? what : what()}`)
}
