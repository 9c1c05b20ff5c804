import type { LiveDatabase } from '../../src/ports/live-database.js'

type Method = 'read' | 'count' | 'insert' | 'swap' | 'removeExactly'

/** Stands before the real database: counts what is asked of it, and lets a test come in between. */
export class WatchedDatabase {
  readonly asked: Record<Method, number> = { read: 0, count: 0, insert: 0, swap: 0, removeExactly: 0 }
  /** Called when the database has answered, before the application hears of it. */
  after: Partial<Record<Method, () => Promise<unknown>>> = {}
  /** Called before the database is asked. */
  before: Partial<Record<Method, () => Promise<unknown>>> = {}

  readonly through = (real: LiveDatabase): LiveDatabase =>
    new Proxy(real, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (!(name in this.asked)) return value.bind(target)
        return async (...args: unknown[]): Promise<unknown> => {
          const method = name as Method
          this.asked[method] += 1
          await this.before[method]?.()
          const answer: unknown = await value.apply(target, args)
          await this.after[method]?.()
          return answer
        }
      },
    })
}

/** Holds up whoever comes until it is opened. */
export class Gate {
  readonly #opened: Promise<void>
  open: () => void = () => undefined
  #came: () => void = () => undefined
  /** Resolves when somebody stands before it. */
  readonly reached: Promise<void>

  constructor() {
    this.#opened = new Promise(resolve => {
      this.open = resolve
    })
    this.reached = new Promise(resolve => {
      this.#came = resolve
    })
  }

  readonly pass = (): Promise<void> => {
    this.#came()
    return this.#opened
  }
}
