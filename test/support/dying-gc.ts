import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { S3StoreOptions } from '../../src/adapters/s3/s3-store.js'

/** A real gc of the committed runs of papers in a process of its own, which can be told after which of its writes it dies. */
export interface DyingGc {
  readonly lake: { readonly root: string } | S3StoreOptions
  /** RFC 3339. */
  readonly now: string
  readonly keepDaily: number
  /** Counted from 1; each object that is removed is one. SIGKILL: nothing is tidied up. */
  readonly kill?: number
}

const SCRIPT = fileURLToPath(new URL('dying-gc.mjs', import.meta.url))

/** @returns how often it wrote; undefined when it was killed */
export async function dyingGc(job: DyingGc): Promise<number | undefined> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(job)])
  let said = ''
  let failed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    failed += text
  })
  const [, signal] = await once(child, 'close')
  if (signal === 'SIGKILL') return undefined
  if (said === '') throw new Error(failed)
  return Number(said)
}
