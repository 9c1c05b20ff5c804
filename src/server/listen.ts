import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { LakeferryError, reasonOf } from '../errors.js'

/** What is under way when the server is stopped has this long to end, in milliseconds. */
const DRAIN_MS = 10_000

/** @returns where it is: `http://127.0.0.1:3000`. @throws {@link LakeferryError} `USAGE` when it cannot */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw new LakeferryError('USAGE', {
      problem: `cannot listen on ${host}:${port}: ${reasonOf(error)}`,
      next: 'Another program may have the port: lakeferry serve --port 0 takes a free one.',
    })
  }
  const { address, family, port: taken } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
}

/** Those who are being answered are answered; who stays longer is cut off. */
export async function closeInTime({ close }: { readonly close: () => Promise<void> }): Promise<void> {
  await Promise.race([close(), new Promise(resolve => setTimeout(resolve, DRAIN_MS).unref())])
}
