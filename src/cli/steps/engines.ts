import { chooseEngine } from '../../config/choose-engine.js'
import type { Config, EngineKind } from '../../config/config.js'
import { type Manifest, manifestBytes } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { QueryEngine } from '../../ports/query-engine.js'
import { openEngine } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { interruptQuestion } from './interrupt-question.js'
import { unlessAborted } from './resource.js'

/** The engines of one command: each is opened for the first run that it validates, and closed with the others. */
export class Engines {
  readonly #context: Pick<CommandContext, 'io' | 'out' | 'signal'>
  readonly #config: Config
  readonly #lake: ObjectStore
  readonly #open = new Map<EngineKind, QueryEngine>()

  constructor(context: Pick<CommandContext, 'io' | 'out' | 'signal'>, config: Config, lake: ObjectStore) {
    this.#context = context
    this.#config = config
    this.#lake = lake
  }

  /** The configured engine, or with `engine.kind: auto` the one for the run's size; then its facts say why. */
  readonly forRun = async (manifest: Manifest): Promise<QueryEngine> => {
    const { kind, reason } = chooseEngine(this.#config.engine, manifestBytes(manifest, 'parquet'))
    const engine = this.#open.get(kind) ?? (await this.#begin(kind))
    if (reason === undefined) return engine
    this.#context.out.note(`${manifest.dataset}: validated by ${kind}: ${reason}`)
    return withReason(engine, reason)
  }

  /** What {@link forRun} gives for a run, without opening it. */
  kindFor(manifest: Manifest): EngineKind {
    return chooseEngine(this.#config.engine, manifestBytes(manifest, 'parquet')).kind
  }

  async close(): Promise<void> {
    for (const engine of this.#open.values()) await engine.close().catch(() => undefined)
  }

  async #begin(kind: EngineKind): Promise<QueryEngine> {
    const { io, out, signal } = this.#context
    const onState = (state: string): void => out.note(`${kind}: ${state}`)
    const onInterrupt = interruptQuestion(this.#context)
    const engine = await unlessAborted(
      openEngine(this.#config, this.#lake, { kind, env: io.env, clock: io.clock, onState, onInterrupt }),
      signal,
    )
    this.#open.set(kind, engine)
    return engine
  }
}

function withReason(engine: QueryEngine, reason: string): QueryEngine {
  return {
    name: engine.name,
    dialect: engine.dialect,
    version: () => engine.version(),
    run: request => engine.run(request),
    facts: () => ({ reason, ...engine.facts?.() }),
    close: () => engine.close(),
  }
}
