import type { ServerConfig } from './config.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
export type CheckedServer = Partial<ServerConfig>

export function shapeServer(server: CheckedServer = {}): ServerConfig {
  const setting = <K extends keyof ServerConfig>(name: K): ServerConfig[K] =>
    server[name] ?? (schemaAt(['server', name])?.default as ServerConfig[K])
  const { writeToken, pipelineToken } = server
  return {
    port: setting('port'),
    host: setting('host'),
    ...(writeToken === undefined ? {} : { writeToken }),
    ...(pipelineToken === undefined ? {} : { pipelineToken }),
    cors: setting('cors'),
    requestsPerMinute: setting('requestsPerMinute'),
    behindProxy: setting('behindProxy'),
    papers: setting('papers'),
    comments: setting('comments'),
  }
}
