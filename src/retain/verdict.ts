import { readResult } from '../catalog/catalog.js'
import { isLakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { type GateQuestion, judge } from '../model/gate.js'
import type { Manifest } from '../model/manifest.js'
import type { ValidationResult } from '../model/result.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { CommittedRun } from './retention.js'

/** What the gate goes by beside a run itself. */
export interface Judging extends Pick<GateQuestion, 'allowedRejects'> {
  /** Today's contract; a run that was held to another one is judged without. */
  readonly contract?: Pick<Contract, 'rules' | 'fingerprint'>
}

/** What the last validation of a run says of it. What cannot be read says nothing. */
export async function verdictOf(
  lake: ObjectStore,
  manifest: Manifest,
  { contract, ...rest }: Judging,
): Promise<Pick<CommittedRun, 'verdict' | 'references'>> {
  let result: ValidationResult | undefined
  try {
    result = await readResult(lake, manifest.dataset, manifest.runId)
  } catch (error) {
    if (!isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) throw error
  }
  if (result === undefined) return { verdict: undefined, references: [] }
  const heldTo = contract?.fingerprint === result.contract.fingerprint ? contract : undefined
  const { outcome } = judge({ ...rest, contract: heldTo, manifest, result })
  return { verdict: outcome === 'good' ? 'good' : 'bad', references: result.references ?? [] }
}
