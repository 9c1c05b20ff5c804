import type { FastifyInstance } from 'fastify'
import type { Application } from '../app/open-application.js'
import { type Config, isBackup } from '../config/config.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import { openApplication, openLake } from '../wire.js'
import { requireTokens } from './access.js'
import { type BuildServerOptions, buildServer } from './build-server.js'
import type { PipelineWork } from './pipeline-port.js'

export interface OpenServerOptions extends BuildServerOptions {
  readonly clock: Clock
  /** Of the program: `0.1.0`. */
  readonly version: string
  /** Aborted when the server is to stop. */
  readonly stopping: AbortSignal
  /** Undefined: no routes of the pipeline. */
  readonly pipeline?: PipelineWork
}

export interface OpenedServer {
  readonly app: FastifyInstance
  /** Answers what was asked, then lets go of MongoDB and the lake. */
  close(): Promise<void>
}

/**
 * The server with everything that it serves from. MongoDB has to answer, since its indexes are made and checked now; the
 * lake may come later.
 *
 * @throws {@link LakeferryError} `USAGE` when it would be open to others without tokens; of the SOURCE_ family
 */
export async function openServer(
  config: Config,
  { clock, version, stopping, pipeline, ...options }: OpenServerOptions,
): Promise<OpenedServer> {
  requireTokens(config.server)
  const application = isBackup(config.source.uri)
    ? undefined
    : await openApplication(config, options.log === undefined ? undefined : tell(options.log, clock))
  let opened: Promise<ObjectStore> | undefined
  const lake = (): Promise<ObjectStore> => {
    opened ??= openLake(config).catch(error => {
      opened = undefined // asked again, it may be there
      throw error
    })
    return opened
  }
  const closeAll = async (): Promise<void> => {
    await application?.close().catch(() => undefined)
    await opened?.then(store => store.close()).catch(() => undefined)
  }
  try {
    const app = await buildServer(
      {
        ...{ config, clock, lake, stopping, version },
        ...(pipeline === undefined ? {} : { pipeline }),
        papers: application?.papers,
        comments: application?.comments,
        ready: {
          ...(application === undefined ? {} : { mongodb: signal => readyMongo(application, signal) }),
          lake: async () => {
            // One page of it at most.
            for await (const _ of (await lake()).list('_lakeferry/', { delimiter: '/' })) break
          },
        },
      },
      options,
    )
    return {
      app,
      close: async () => {
        await app.close()
        await closeAll()
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** It answers; and what is not as it should be there. */
async function readyMongo(application: Application, signal: AbortSignal): Promise<string> {
  await application.ping(signal)
  return ['ready', ...application.warnings].join('; ')
}

/** What goes wrong beside the answers, as a line of the log. */
function tell(log: (line: string) => void, clock: Clock): (problem: string) => void {
  return message => log(JSON.stringify({ level: 'warn', time: clock.now().toISOString(), message }))
}
