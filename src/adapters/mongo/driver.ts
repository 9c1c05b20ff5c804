/** The driver's module, loaded when the first connection is opened: commands that need no MongoDB start without it. */
export type Driver = typeof import('mongodb')

export function loadDriver(): Promise<Driver> {
  return import('mongodb')
}
