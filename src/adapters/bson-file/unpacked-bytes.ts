import { open } from 'node:fs/promises'
import { fileFailure } from './backup-error.js'
import type { BackupFile } from './backup-file.js'

/** How many times smaller documents get by gzip, about. */
const USUAL_RATIO = 5
/** A member's last four bytes tell its unpacked size, without what does not fit into 32 bits (RFC 1952, 2.3.1). */
const TOLD_MODULO = 2 ** 32

/** About the unpacked size of a gzipped file, without unpacking it: for planning only. */
export async function unpackedBytes({ path }: BackupFile, size: number): Promise<number> {
  const tail = Buffer.alloc(4)
  try {
    const handle = await open(path)
    try {
      await handle.read(tail, 0, 4, Math.max(0, size - 4))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileFailure(path, error)
  }
  const told = tail.readUInt32LE(0)
  // The one of the sizes that it may be that is nearest to what is usual.
  const wraps = Math.max(0, Math.round((size * USUAL_RATIO - told) / TOLD_MODULO))
  return told + wraps * TOLD_MODULO
}
