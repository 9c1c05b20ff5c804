import type { SlotOrder, SlotOutcome } from '../../src/ports/slot-runner.js'
import type { VirtualTime } from './virtual-time.js'

const STEP_MS = 10 * 60_000
const CLAIM_SILENT_MS = 60 * 60_000

interface Claim {
  readonly token: object
  readonly by: string
  renewedAt: number
  /** Whether its process is known to be gone, to those who can see it. */
  dead: boolean
}

/**
 * `lakeferry run --run-id ID --resume` as far as a schedule can tell: it takes its time, keeps what is done, has a claim on its run
 * id that keeps a second one out, and commits once or not at all.
 */
export class SimulatedRuns {
  /** Run ids in the order of their commits, by slot. */
  readonly commits: { readonly set: string; readonly slot: string; readonly runId: string; readonly at: number }[] = []
  /** Moments at which two processes were at work on one set, both with a claim. */
  readonly doubled: string[] = []
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #claims = new Map<string, Claim>()
  /** Steps that are done. */
  readonly #progress = new Map<string, number>()
  readonly #working = new Map<string, Set<string>>()
  readonly #orphaned = new Map<string, { at: number; power: boolean }>()
  readonly #suspended = new Map<string, Promise<void>>()

  constructor(time: VirtualTime, random: () => number) {
    this.#time = time
    this.#random = random
  }

  /** Their scheduler is dead: they notice at their next step, or are dead themselves. */
  orphan(owner: string, power: boolean): void {
    this.#orphaned.set(owner, { at: this.#time.ms, power })
    for (const claim of this.#claims.values()) if (claim.by === owner && power) claim.dead = true
  }

  suspend(owner: string, until: Promise<void>): void {
    this.#suspended.set(owner, until)
    void until.then(() => this.#suspended.delete(owner))
  }

  async run(owner: string, { set, slot, runId }: SlotOrder, signal: AbortSignal): Promise<SlotOutcome> {
    await this.#time.sleep(this.#random() * 5000)
    const fate = this.#random()
    if (fate < 0.01) return { exitCode: 2, error: { code: 'CONTRACT_INVALID', message: 'wrong', retryable: false } }
    if (this.#isCommitted(runId)) return { exitCode: 0 }
    const held = this.#claims.get(runId)
    const machine = owner.split('/')[0] ?? ''
    if (held !== undefined && !this.#isGone(held, machine)) {
      return { exitCode: 2, error: { code: 'RUN_CLAIMED', message: 'somebody', retryable: false } }
    }
    const claim: Claim = { token: {}, by: owner, renewedAt: this.#time.ms, dead: false }
    this.#claims.set(runId, claim)
    this.#enter(set, runId, owner)
    const ours = (): boolean => this.#claims.get(runId) === claim
    const leave = (outcome: SlotOutcome, keep = false): SlotOutcome => {
      if (ours() && !keep) this.#claims.delete(runId)
      this.#working.get(set)?.delete(`${runId} ${owner}`)
      return outcome
    }
    const steps = 1 + Math.floor(this.#random() * 8)
    for (let done = this.#progress.get(runId) ?? 0; done < steps; done++) {
      await this.#time.sleep(STEP_MS, signal)
      while (this.#suspended.has(owner)) await this.#suspended.get(owner)
      const orphaned = this.#orphaned.get(owner)
      // Without power nobody takes back anything: the claim stays until it is seen to be old.
      if (orphaned?.power) return leave({ exitCode: null }, true)
      if (!ours()) return leave({ exitCode: 3, error: { code: 'RUN_LOST', message: 'taken over', retryable: false } })
      if (signal.aborted || orphaned !== undefined) return leave({ exitCode: 130 })
      claim.renewedAt = this.#time.ms
      this.#progress.set(runId, done + 1)
      const wrong = this.#random()
      if (wrong < 0.02)
        return leave({ exitCode: 3, error: { code: 'SOURCE_INTERRUPTED', message: 'away', retryable: true } })
      if (wrong < 0.022)
        return leave({ exitCode: 3, error: { code: 'WORKER_FAILED', message: 'died', retryable: false } })
    }
    this.commits.push({ set, slot, runId, at: this.#time.ms })
    return leave({ exitCode: this.#random() < 0.1 ? 1 : 0 })
  }

  #isCommitted(runId: string): boolean {
    return this.commits.some(commit => commit.runId === runId)
  }

  #isGone(claim: Claim, machine: string): boolean {
    return (claim.dead && claim.by.startsWith(`${machine}/`)) || this.#time.ms - claim.renewedAt > CLAIM_SILENT_MS
  }

  #enter(set: string, runId: string, owner: string): void {
    const working = this.#working.get(set) ?? new Set()
    this.#working.set(set, working)
    // Who has lost its claim is not at work any more, whether it knows it or not.
    const others = [...working].filter(key => {
      const [other = '', by = ''] = key.split(' ')
      const held = this.#claims.get(other)
      return !(other === runId) && held?.by === by && !held.dead && !this.#suspended.has(by)
    })
    if (others.length > 0) this.doubled.push(`${set}: ${runId} beside ${others.join(', ')}`)
    working.add(`${runId} ${owner}`)
  }
}
