import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { LakeferryError, reasonOf } from '../../errors.js'

const MAX_THREADS = 4
/** More than validation takes: what is asked here, nobody planned. */
const MEMORY_LIMIT = '512MB'

/** A DuckDB of its own, with a folder for what does not fit into memory. */
export interface OwnInstance {
  readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection
  /** Everything in it is gone after {@link closeInstance}. */
  readonly scratch: string
}

/**
 * In memory, in UTC, and without extensions from the network.
 *
 * @throws {@link LakeferryError} `ENGINE_FAILED`
 */
export async function openInstance(): Promise<OwnInstance> {
  const scratch = await mkdtemp(join(tmpdir(), 'lakeferry-ask-'))
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(Math.min(MAX_THREADS, availableParallelism())),
      memory_limit: MEMORY_LIMIT,
      temp_directory: join(scratch, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // Order that no ORDER BY asks for would take memory.
      preserve_insertion_order: 'false',
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return { instance, connection, scratch }
  } catch (error) {
    await rm(scratch, { recursive: true, force: true })
    throw new LakeferryError(
      'ENGINE_FAILED',
      { engine: 'duckdb', step: 'start', reason: reasonOf(error) },
      { cause: error },
    )
  }
}

export async function closeInstance({ instance, connection, scratch }: OwnInstance): Promise<void> {
  connection.closeSync()
  instance.closeSync()
  await rm(scratch, { recursive: true, force: true })
}
