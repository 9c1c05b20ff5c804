/** What the shell and the scheduler read. A test holds them to the families of `src/errors.ts`. */
export const EXIT = {
  fine: 0,
  /** The data break their contract. */
  data: 1,
  usage: 2,
  service: 3,
  /** Something was thrown that nobody foresaw. Never 1, Node's own choice: that would be a verdict about the data. */
  bug: 3,
  stale: 4,
  interrupted: 130,
} as const
