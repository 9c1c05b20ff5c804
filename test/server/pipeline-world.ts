import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'bson'
import type { FastifyInstance } from 'fastify'
import { servePipeline } from '../../src/cli/steps/serve-pipeline.js'
import type { ServerConfig } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load-config.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { buildServer } from '../../src/server/build-server.js'
import type { ServerDeps } from '../../src/server/deps.js'
import { openLake } from '../../src/wire.js'
import type { Invocation } from '../cli/cli-fixture.js'
import { lakeferry, MAIN } from '../cli/spawned.js'

export const PAPERS = 260
/** Every second one has none. */
export const UNTITLED: number = PAPERS / 2

const CONTRACT =
  'apiVersion: v3.1.0\nkind: DataContract\nid: urn:test:papers\nname: Papers\nversion: 1.0.0\nstatus: active\nschema:\n' +
  '  - name: papers\n    properties:\n      - {name: title, logicalType: string, required: true, description: What it is called}\n' +
  '      - {name: year, logicalType: integer, logicalTypeOptions: {minimum: 2000}}\n'

/** A backup with papers, half of them without a title, and comments without a contract; a lake beside it. */
export class PipelineWorld {
  readonly folder: string
  readonly lake: ObjectStore
  readonly #servers: FastifyInstance[] = []
  readonly stopping: AbortController = new AbortController()

  private constructor(folder: string, lake: ObjectStore) {
    this.folder = folder
    this.lake = lake
  }

  /** @param lake - as the configuration has it, in one line; a folder when left out */
  static async make(lake = '{url: file:./lake}'): Promise<PipelineWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'lakeferry-served-'))
    const dump = join(folder, 'dump', 'd')
    await mkdir(dump, { recursive: true })
    const papers = Array.from({ length: PAPERS }, (_, at) => ({
      _id: `p${String(at).padStart(4, '0')}`,
      ...(at % 2 === 0 ? {} : { title: `<Title> ${at}` }),
      year: at % 100 === 0 ? 1999 : 2020,
    }))
    await writeFile(join(dump, 'papers.bson'), Buffer.concat(papers.map(one => serialize(one))))
    await writeFile(join(dump, 'comments.bson'), serialize({ _id: 'c1', text: 'good' }))
    await writeFile(join(folder, 'papers.odcs.yaml'), CONTRACT)
    await writeFile(
      join(folder, 'lakeferry.yaml'),
      `source: {uri: "file:./dump", database: d}\nlake: ${lake}\nserver: {requestsPerMinute: 100000}\n` +
        'datasets:\n  papers: {collection: papers, contract: papers.odcs.yaml, formats: [parquet, ndjson.gz]}\n' +
        '  comments: {collection: comments}\n',
    )
    const { config } = await loadConfig({ env: {}, cwd: folder })
    return new PipelineWorld(folder, await openLake(config))
  }

  /** The command as it is installed. @throws Error when it could not do its work */
  async call(...argv: readonly string[]): Promise<Invocation> {
    const invocation = await lakeferry(argv, { cwd: this.folder, env: this.#env() }).ended
    if (invocation.exitCode !== 0 && invocation.exitCode !== 1) throw new Error(invocation.stderr)
    return invocation
  }

  /** Fails because the backup is not there. */
  async failingRun(): Promise<void> {
    await rename(join(this.folder, 'dump'), join(this.folder, 'away'))
    await lakeferry(['run', 'papers'], { cwd: this.folder, env: this.#env() }).ended
    await rename(join(this.folder, 'away'), join(this.folder, 'dump'))
  }

  /** @param options - `now`: the server's clock stands still; `program`: in the place of ours; `lake`, `server`: those of the server */
  async serve(
    options: {
      now?: Date
      program?: readonly [string, ...string[]]
      lake?: ServerDeps['lake']
      server?: Partial<ServerConfig>
    } = {},
  ): Promise<FastifyInstance> {
    const { config: written, file } = await loadConfig({ env: {}, cwd: this.folder })
    const config = { ...written, server: { ...written.server, ...options.server } }
    const clock = { now: () => options.now ?? new Date() }
    const { signal } = this.stopping
    const io = { clock, env: this.#env(), cwd: this.folder, stdout: process.stdout, stderr: process.stderr }
    const program = options.program ?? ([process.execPath, MAIN] as const)
    const app = await buildServer(
      {
        ...{ config, clock, version: '0.0.0', papers: undefined, comments: undefined, ready: {}, stopping: signal },
        pipeline: await servePipeline({ io, signal }, { config, file, program }),
        lake: options.lake ?? (async () => this.lake),
      },
      { webRoot: '/nowhere' },
    )
    this.#servers.push(app)
    return app
  }

  async remove(): Promise<void> {
    for (const app of this.#servers) await app.close()
    await this.lake.close()
    await rm(this.folder, { recursive: true, force: true })
  }

  #env(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.folder, XDG_STATE_HOME: join(this.folder, 'state') }
  }
}
