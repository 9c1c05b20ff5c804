import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Config } from '../../config/config.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { openLake } from '../../wire.js'
import type { Io } from '../io.js'

/**
 * Where this machine keeps what cannot be kept on the lake while that is away: a folder for each lake, in which keys are the
 * lake's own, so that the same code reads and writes both.
 *
 * `$XDG_STATE_HOME`, else `~/.local/state` (https://specifications.freedesktop.org/basedir-spec/latest/), on Windows
 * `%LOCALAPPDATA%`, else the folder for temporary files.
 */
export async function openMachineState(config: Config, env: Io['env']): Promise<ObjectStore> {
  return await openLake({ ...config, lake: { url: `file:${machineStateFolder(config.lake.url, env)}` } })
}

export function machineStateFolder(lakeUrl: string, env: Io['env']): string {
  const lake = createHash('sha256').update(lakeUrl).digest('hex').slice(0, 16)
  const home = env['HOME']
  const bases = [env['XDG_STATE_HOME'], env['LOCALAPPDATA'], home && join(home, '.local', 'state')]
  // A relative one is to be ignored, says the specification.
  const base = bases.find(folder => folder && isAbsolute(folder))
  if (base) return join(base, 'lakeferry', lake)
  return join(tmpdir(), `lakeferry-${userName()}`, lake)
}

function userName(): string {
  try {
    return String(userInfo().uid)
  } catch {
    // A user id without an entry, as in some containers.
    return 'user'
  }
}
