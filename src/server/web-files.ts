import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** The built dashboard: `dist/web`, beside this module's folder, or beside the bundle's. */
export const WEB_ROOT: string = fileURLToPath(new URL('../web', import.meta.url))

/** Files named by a hash of what is in them never change. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * The dashboard's files, and its page for every address that is none of a file or route: the page knows its own addresses.
 * Nothing is there before `npm run build` has made it; then only the API is.
 */
export async function webFiles(
  app: FastifyInstance,
  { root = WEB_ROOT }: { readonly root?: string } = {},
): Promise<void> {
  if (!existsSync(root)) return
  await app.register(fastifyStatic, {
    root,
    wildcard: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      response.header('cache-control', /[/\\]assets[/\\]/.test(path) ? FOR_EVER : 'no-cache')
    },
  })
  for (const page of ['/runs', '/quality', '/papers', '/contract', '/alerts']) {
    for (const path of [page, `${page}/*`])
      app.get(path, { schema: { hide: true } }, (_, reply) => reply.sendFile('index.html'))
  }
}
