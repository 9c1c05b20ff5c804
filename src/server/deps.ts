import type { Config } from '../config/config.js'
import type { Clock } from '../ports/clock.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { CommentStore, PaperStore } from '../ports/paper-store.js'
import type { PipelineWork } from './pipeline-port.js'

/** What the routes are given. */
export interface ServerDeps {
  readonly config: Config
  readonly clock: Clock
  /** Of the program: `0.1.0`. */
  readonly version: string
  /** The application's documents. Undefined where the source is a backup: then there is nothing to serve them from. */
  readonly papers: PaperStore | undefined
  readonly comments: CommentStore | undefined
  /** Undefined: then there are no routes of the pipeline. */
  readonly pipeline?: PipelineWork
  /** Opened when it is first asked for, and then kept; the server closes it. */
  readonly lake: () => Promise<ObjectStore>
  /** Each resolves when the part answers, with a text where there is something to say of it; and rejects with the reason. */
  readonly ready: Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>>
  /** Aborted when the server has been asked to stop: streams of events end then. */
  readonly stopping: AbortSignal
}

/** Who may call a route. `read`: anybody; `write`: writers of papers and comments; `pipeline`: the pipeline's people. */
export type Access = 'read' | 'write' | 'pipeline'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** @defaultValue `read` */
    access?: Access
  }
}
