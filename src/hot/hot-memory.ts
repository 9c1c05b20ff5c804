import type { HotExports } from './hot-exports.js'

/** Names are compared by words of eight bytes: so much beyond a block's end is there to be looked at. */
const PADDING = 16
/** Blocks take room in these steps, so that one serves those of nearly equal size. */
const STEP_BYTES = 1024 * 1024
/** What is lent is small most of the time. */
const LENT_BYTES = 4096
/** As `assembly/` is compiled for, in pages of 64 KiB: 1 MiB and 2 GiB. */
const INITIAL_PAGES = 16
const MAXIMUM_PAGES = 32 * 1024
/** Ordinary documents need less than half of it. */
const LARGE_BYTES = 64 * 1024 * 1024

/**
 * The module's functions and the linear memory that they work in, for one thread: what they do is not to be done by two at
 * once. The memory is shared memory only because that stays where it is when it grows, so that views of it stay good.
 */
export class HotMemory {
  readonly exports: HotExports
  /** Whose walk it is that counts, and whose that takes apart: there is one of each in a memory, the last that was begun. */
  census: object | undefined
  columns: object | undefined
  readonly #memory: WebAssembly.Memory
  #bytes: Uint8Array
  #view: DataView
  #block: Uint8Array | undefined
  #blockAt = 0
  #blockRoom = 0
  readonly #lentAt: number

  /**
   * Undefined where there is no room: an engine reserves some ten gigabytes of addresses for one, which `ulimit -v` may not
   * leave. All that is done there, JavaScript does as well.
   */
  static tryNew(module: WebAssembly.Module): HotMemory | undefined {
    try {
      return new HotMemory(module)
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }

  constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true })
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
    this.exports = exports as unknown as HotExports
    this.#lentAt = this.exports.allocate(LENT_BYTES)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#view = new DataView(this.#memory.buffer)
  }

  /** Bytes that it has grown to. */
  get length(): number {
    return this.#memory.buffer.byteLength
  }

  /** Whether it has grown out of proportion, which it stays: linear memory does not shrink. */
  get isLarge(): boolean {
    return this.length > LARGE_BYTES
  }

  /** Copies a block of documents in, in place of the one before. @returns it as it is there now, good until the next */
  place(block: Uint8Array): Uint8Array {
    const wanted = block.length + PADDING
    if (wanted > this.#blockRoom) {
      if (this.#blockRoom > 0) this.exports.release(this.#blockAt)
      this.#blockRoom = STEP_BYTES * Math.ceil(wanted / STEP_BYTES)
      this.#blockAt = this.exports.allocate(this.#blockRoom)
    }
    this.#block = this.slice(this.#blockAt, block.length)
    this.#block.set(block)
    return this.#block
  }

  /** The address of the block. @throws RangeError when `bytes` are not what `place` gave last, which is a caller's bug */
  offsetOf(bytes: Uint8Array): number {
    if (bytes !== this.#block) throw new RangeError('these bytes are not the block that is in linear memory')
    return this.#blockAt
  }

  /** @throws RangeError when another has begun since in the place of the one that was this one's, which is a caller's bug */
  checkOwner(which: 'census' | 'columns', owner: object): void {
    if (this[which] !== owner) throw new RangeError(`the ${which} in linear memory are another's by now`)
  }

  /** Puts bytes there for the time of a call, followed by as many zeros as a word has. */
  lend(bytes: Uint8Array, use: (address: number, length: number) => void): void {
    const room = bytes.length + PADDING
    const address = room <= LENT_BYTES ? this.#lentAt : this.exports.allocate(room)
    const there = this.slice(address, room)
    there.set(bytes)
    there.fill(0, bytes.length)
    use(address, bytes.length)
    if (address !== this.#lentAt) this.exports.release(address)
  }

  /** The signed word of four bytes at `address`. */
  word(address: number): number {
    if (address + 4 > this.#view.byteLength) this.#look()
    return this.#view.getInt32(address, true)
  }

  /** A view of what is there. */
  slice(address: number, length: number): Uint8Array {
    if (address + length > this.#bytes.length) this.#look()
    return this.#bytes.subarray(address, address + length)
  }

  /** After it has grown. */
  #look(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#view = new DataView(this.#memory.buffer)
  }
}
