import type { Contract } from '../../model/contract.js'
import type { RunId } from '../../model/run-id.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { ReportInput } from '../../report/report-input.js'
import type { Output } from '../output.js'
import { TOOL } from '../version.js'

export interface ReportStepRequest {
  readonly dataset: string
  readonly runId: RunId
  readonly contract: Contract | undefined
  /** Earlier runs for the trend. @defaultValue as many as a report shows */
  readonly historyRuns?: number
}

/** What a report on one validated run is made of. */
export async function reportInput(
  lake: ObjectStore,
  { contract, ...request }: ReportStepRequest,
): Promise<ReportInput> {
  const { collectReportInput } = await import('../../report/collect.js')
  return collectReportInput(
    { lake },
    { ...request, generatedBy: TOOL, ...(contract === undefined ? {} : { contract }) },
  )
}

/** The verdict for people, in a few lines. */
export async function printVerdict(out: Output, input: ReportInput): Promise<void> {
  const { renderTerminal } = await import('../../report/terminal.js')
  out.line(renderTerminal(input, { paint: out.paint, width: out.width }).trimEnd())
}

/** Where an object of the lake is for a person: a path, or its address. */
export function placeOf(lake: ObjectStore, key: string): string {
  return lake.localPath?.(key) ?? `${lake.url.replace(/\/$/, '')}/${key}`
}
