import { CLAIM_RENEWED_EVERY_MS } from '../catalog/claim.js'
import type { HeldClaim } from '../catalog/held-claim.js'
import { isLakeferryError } from '../errors.js'
import type { Clock } from '../ports/clock.js'

/** Renews a claim for as long as the run is at work, so that nobody takes it for abandoned. */
export class ClaimHeart {
  readonly #claim: HeldClaim
  readonly #clock: Clock
  readonly #timer: NodeJS.Timeout
  readonly #lost = new AbortController()
  #beat: Promise<void> = Promise.resolve()

  constructor(claim: HeldClaim, clock: Clock, everyMs: number = CLAIM_RENEWED_EVERY_MS) {
    this.#claim = claim
    this.#clock = clock
    this.#timer = setInterval(() => {
      this.#beat = this.#beat.then(() => this.#renew())
    }, everyMs).unref()
  }

  /** Aborted, with `RUN_LOST` as its reason, when the run has become somebody else's. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** No more renewals; one under way is waited for. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#beat
  }

  async #renew(): Promise<void> {
    try {
      await this.#claim.renew(this.#clock.now())
    } catch (error) {
      // A lake that does not answer now is asked again; before the commit it has to.
      if (isLakeferryError(error, 'RUN_LOST')) this.#lost.abort(error)
    }
  }
}
