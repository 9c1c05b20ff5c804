import { createRequire } from 'node:module'
import * as zlib from 'node:zlib'
import type { Encoder } from '@toondepauw/node-zstd'
import { LakeferryError, reasonOf } from '../errors.js'

/** Compresses one block into one zstd frame. */
type Compress = (block: Uint8Array) => Uint8Array

/** Within Node since 22.15; its type is not in the declarations of the Node we build for. */
interface ZlibWithZstd {
  readonly zstdCompressSync?: (block: Uint8Array, options: { params: Record<number, number> }) => Uint8Array
  readonly constants: { readonly ZSTD_c_compressionLevel?: number }
}

/**
 * A zstd compressor of this level, 1 (fast) to 19 (small): Node's own where it has one, else the native package, which is
 * loaded only now.
 *
 * @throws {@link LakeferryError} `CODEC_MISSING` where there is neither
 */
export function zstdCompressor(
  level: number,
  node: ZlibWithZstd = zlib as object as ZlibWithZstd,
  load: () => Package = loadPackage,
): Compress {
  const { zstdCompressSync } = node
  const levelKey = node.constants.ZSTD_c_compressionLevel
  if (zstdCompressSync && levelKey !== undefined) {
    return block => zstdCompressSync(block, { params: { [levelKey]: level } })
  }
  let encoder: Encoder
  try {
    encoder = new (load().Encoder)(level)
  } catch (error) {
    throw new LakeferryError('CODEC_MISSING', { codec: 'zstd', reason: reasonOf(error) }, { cause: error })
  }
  // The declared type is narrower than what it takes, which is any Uint8Array.
  return block => encoder.encodeSync(block as Buffer)
}

type Package = Pick<typeof import('@toondepauw/node-zstd'), 'Encoder'>

/** `require`, because encoding is synchronous from end to end and an `import()` is not. */
function loadPackage(): Package {
  return createRequire(import.meta.url)('@toondepauw/node-zstd')
}
