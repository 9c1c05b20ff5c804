import type { CommandContext } from '../command.js'

/**
 * What becomes of a job elsewhere when we are stopped: on a terminal the person says so, and without one it goes on, because
 * nobody knows whether the one who stopped us wants to lose what it has cost so far.
 */
export function interruptQuestion({
  io,
  out,
}: Pick<CommandContext, 'io' | 'out'>): (where: string) => Promise<boolean> {
  return async where => {
    if ((await io.confirm?.(`Cancel ${where} as well?`)) === true) {
      out.note(`${where} is being cancelled`)
      return true
    }
    out.warn(`${where} is left running: the same command goes on with it, and lakeferry emr cancel ends it`)
    return false
  }
}
