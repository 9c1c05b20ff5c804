import type { Config, DatasetConfig } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { Contract } from '../../model/contract.js'
import { type Gate, type GateOutcome, type GateQuestion, judge } from '../../model/gate.js'
import type { Manifest } from '../../model/manifest.js'
import type { ValidationResult } from '../../model/result.js'
import { freshnessPromise, judgeFreshness } from '../../monitor/freshness.js'
import type { Clock } from '../../ports/clock.js'
import { EXIT } from '../exit-codes.js'

export interface GateStepRequest {
  readonly dataset: DatasetConfig
  readonly manifest: Manifest
  readonly result: ValidationResult
  readonly contract: Contract | undefined
  /** Where it is the dataset's newest run: then it has a promise of freshness to keep. */
  readonly newest?: { readonly config: Config; readonly clock: Clock }
}

/**
 * @throws {@link LakeferryError} `RULE_CANNOT_RUN` when the age of the newest run cannot be told: that it is not seen to be
 * stale does not make it fresh
 */
export function gateOf({ dataset, manifest, result, contract, newest }: GateStepRequest): Gate {
  const age = newest && ageOf(manifest, contract, newest)
  const { allowedRejects } = dataset
  return judge({
    ...{ manifest, result, contract },
    ...(allowedRejects === undefined ? {} : { allowedRejects }),
    ...(age === undefined ? {} : { age }),
  })
}

function ageOf(
  manifest: Manifest,
  contract: Contract | undefined,
  { config, clock }: NonNullable<GateStepRequest['newest']>,
): GateQuestion['age'] {
  const promise = freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds)
  const now = clock.now()
  const { state, problem } = judgeFreshness(manifest, promise, now)
  if (state === 'unknown') {
    throw new LakeferryError('RULE_CANNOT_RUN', {
      dataset: manifest.dataset,
      rule: 'freshness',
      reason: problem ?? 'the age of its newest run cannot be told',
      next: `Set the clocks right, here and where it was exported; lakeferry validate ${manifest.dataset} --run ${manifest.runId} judges the run without its age.`,
    })
  }
  return {
    seconds: (now.getTime() - Date.parse(manifest.startedAt)) / 1000,
    promised: promise.seconds,
    promisedBy: promise.from === 'contract' ? 'the contract' : promise.from,
  }
}

/** The exit code of several datasets: what is wrong with the data comes before what is late. */
export function gateExit(outcomes: readonly GateOutcome[]): number {
  if (outcomes.some(outcome => outcome !== 'good' && outcome !== 'stale')) return EXIT.data
  return outcomes.includes('stale') ? EXIT.stale : EXIT.fine
}
