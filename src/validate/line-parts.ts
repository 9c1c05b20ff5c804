import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const gzipAsync = promisify(gzip)

/** Lines and bytes of text in one part, at most: what is held in memory at a time. */
export const MAX_PART_LINES = 50_000
export const MAX_PART_BYTES = 16_777_216

/** Where the header of gzip names the operating system (RFC 1952, 2.3), and its word for "unknown". */
const GZIP_OS = 9
const GZIP_OS_UNKNOWN = 255

/** Fast: reports are small and read seldom. */
const GZIP_LEVEL = 3

/** Writes lines as gzipped parts, each of bounded size. The same lines give the same parts. */
export class LineParts {
  readonly #put: (part: number, body: Uint8Array) => Promise<string>
  readonly #keys: string[] = []
  #lines: string[] = []
  #bytes = 0
  count = 0

  /** @param put - stores one part and tells its key */
  constructor(put: (part: number, body: Uint8Array) => Promise<string>) {
    this.#put = put
  }

  async write(lines: Iterable<string>): Promise<void> {
    for (const line of lines) {
      this.#lines.push(line)
      this.#bytes += line.length + 1
      this.count += 1
      if (this.#lines.length >= MAX_PART_LINES || this.#bytes >= MAX_PART_BYTES) await this.#flush()
    }
  }

  /** The keys of all parts, in order. */
  async end(): Promise<readonly string[]> {
    if (this.#lines.length > 0) await this.#flush()
    return this.#keys
  }

  async #flush(): Promise<void> {
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    this.#bytes = 0
    const body = await gzipAsync(text, { level: GZIP_LEVEL })
    // zlib writes the system that it was built for there.
    body[GZIP_OS] = GZIP_OS_UNKNOWN
    this.#keys.push(await this.#put(this.#keys.length, body))
  }
}
