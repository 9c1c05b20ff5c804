import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { engineFailure } from './engine-failure.js'

const MAX_THREADS = 4

/** For what nobody planned: more than validation takes. */
export const ASKED_MEMORY = '512MB'

export interface InstanceOptions {
  /** What DuckDB may hold in memory before it spills, `256MB`. */
  readonly memoryLimit: string
  /** For downloaded parts and what does not fit into memory. @defaultValue a folder of its own below the system's, removed on close */
  readonly scratchDir?: string
  /** @defaultValue the machine's, 4 at most: each of them takes memory */
  readonly threads?: number
}

/** A DuckDB of its own, with a folder for what does not fit into memory. */
export interface OwnInstance {
  readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection
  readonly scratch: string
  /** Gives everything back; a scratch folder that was not given is gone after it. */
  close(): Promise<void>
}

/**
 * In memory, in UTC, and without extensions from the network. DuckDB is loaded here and not before, since loading it takes
 * longer than most commands do.
 *
 * @throws `ENGINE_FAILED` when it cannot be loaded or started
 */
export async function openInstance({ memoryLimit, scratchDir, threads }: InstanceOptions): Promise<OwnInstance> {
  const scratch = scratchDir ?? (await mkdtemp(join(tmpdir(), 'lakeferry-duckdb-')))
  await mkdir(scratch, { recursive: true })
  const removeScratch = async (): Promise<void> => {
    if (scratchDir === undefined) await rm(scratch, { recursive: true, force: true })
  }
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(threads ?? Math.min(MAX_THREADS, availableParallelism())),
      memory_limit: memoryLimit,
      temp_directory: join(scratch, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Statements say their order; keeping that of the files would take memory.
      preserve_insertion_order: 'false',
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    const close = async (): Promise<void> => {
      connection.closeSync()
      instance.closeSync()
      await removeScratch()
    }
    return { instance, connection, scratch, close }
  } catch (error) {
    await removeScratch()
    throw engineFailure('start', error)
  }
}
