import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { S3StoreOptions } from '../../src/adapters/s3/s3-store.js'
import type { ReadOrder } from '../../src/model/read-order.js'

/** A real export in a process of its own, which can be told at which of its writes to the lake it dies. */
export interface DyingExport {
  readonly uri: string
  readonly database: string
  readonly lake: { readonly root: string } | S3StoreOptions
  /** As the server has them stored, nothing is left to go on with. */
  readonly order: ReadOrder
  readonly resume?: boolean
  readonly runId?: string
  /** Counted from 1. SIGKILL: nothing is tidied up. */
  readonly kill?: { readonly write: number; readonly when: 'before' | 'after' }
}

export interface DyingOutcome {
  readonly killed: boolean
  /** Undefined when it was killed, or failed. */
  readonly done?: {
    readonly runId: string
    readonly documents: number
    readonly digest: string
    readonly resumed: number
    /** Calls that changed the lake. */
    readonly writes: number
  }
  readonly error?: string
}

const SCRIPT = fileURLToPath(new URL('dying-export.mjs', import.meta.url))

export async function dyingExport(job: DyingExport): Promise<DyingOutcome> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(job)])
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  const [, signal] = await once(child, 'close')
  if (signal === 'SIGKILL') return { killed: true }
  if (said.stdout === '') return { killed: false, error: said.stderr }
  return { killed: false, done: JSON.parse(said.stdout) }
}
