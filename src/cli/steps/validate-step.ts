import type { Contract } from '../../model/contract.js'
import type { Manifest } from '../../model/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { QueryEngine } from '../../ports/query-engine.js'
import type { Validation } from '../../validate/validate-run.js'
import { TOOL } from '../version.js'

export interface ValidateStepRequest {
  readonly manifest: Manifest
  readonly contract: Contract
  readonly rows: boolean
  readonly signal: AbortSignal
}

/** `lakeferry validate` of one run. */
export async function validateStep(
  deps: { readonly lake: ObjectStore; readonly engine: QueryEngine; readonly clock: Clock },
  request: ValidateStepRequest,
): Promise<Validation> {
  const { validateRun } = await import('../../validate/validate-run.js')
  return validateRun(deps, { ...request, tool: TOOL })
}

/** What `--json` says of a validation; docs/cli.md. */
export function validateFacts({ result, execution, resultKey }: Validation): Record<string, unknown> {
  return {
    runId: result.runId,
    status: result.status,
    engine: execution.engine,
    failingDocuments: result.failingDocuments,
    rules: result.rules.map(({ id, severity, checked, violated, status }) => ({
      id,
      severity,
      checked,
      violated,
      status,
    })),
    violations: result.violations.count,
    result: resultKey,
    seconds: execution.seconds,
  }
}
