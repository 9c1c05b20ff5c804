import { formatBytes, formatCount, formatNoun } from '../../report/figures.js'
import type { Garbage, KeptRun } from '../../retain/garbage.js'
import type { Scrap } from '../../retain/leftovers.js'
import type { DecidedRun } from '../../retain/sweep.js'
import type { Output } from '../output.js'
import { type TableCell, tableLines } from '../table.js'

/** What a sweep of one dataset came to. */
export interface Swept {
  readonly removed: readonly Garbage[]
  readonly kept: readonly KeptRun[]
  /** Committed runs, oldest first; none where no retention is configured. */
  readonly decided: readonly DecidedRun[]
}

export interface LineOptions {
  readonly dryRun: boolean
  /** Every object, those of runs that retention lets go as well. */
  readonly verbose: boolean
}

export function printSwept(out: Output, dataset: string, swept: Swept, options: LineOptions): void {
  const { paint } = out
  const { removed, kept, decided } = swept
  const going = decided.filter(run => !run.kept).length
  const all = formatNoun(decided.length, 'run')
  const runs =
    decided.length === 0
      ? ''
      : going === 0
        ? `; of ${all} none goes`
        : `; of ${all} ${formatCount(going)} ${going === 1 ? 'goes' : 'go'}`
  out.line(`${paint.bold(dataset)}: ${summary(removed, options.dryRun)}${runs}`)
  const told = new Set(decided.map(({ runId }) => runId))
  const single = removed.filter(({ kind }) => options.verbose || (kind !== 'expired' && kind !== 'report'))
  const objects = [
    ...single.map(({ kind, key, bytes, since }): TableCell[] => [`  ${kind}`, formatBytes(bytes), since, key]),
    ...kept
      .filter(({ runId }) => !told.has(runId))
      .map(({ runId, reason }): TableCell[] => [{ text: '  kept', paint: paint.yellow }, `run ${runId}: ${reason}`]),
  ]
  const lines = decided.map((run): TableCell[] => [
    { text: run.kept ? '  keep' : '  remove', paint: run.kept ? same : paint.yellow },
    run.runId,
    formatBytes(run.run.bytes),
    run.run.facts?.verdict ?? '-',
    run.reasons.join(', '),
  ])
  for (const line of [...tableLines(objects), ...tableLines(lines)]) out.line(line)
}

export function printLeftovers(out: Output, leftovers: readonly Scrap[], dryRun: boolean): void {
  if (leftovers.length === 0) return
  out.line(`${out.paint.bold('the lake')}: ${summary(leftovers, dryRun)}`)
  const rows = leftovers.map(({ kind, key, id, bytes, since }): TableCell[] => [
    `  ${kind}`,
    bytes === undefined ? '' : formatBytes(bytes),
    since,
    key ?? id ?? '',
  ])
  for (const line of tableLines(rows)) out.line(line)
}

function summary(items: readonly { readonly bytes: number | undefined }[], dryRun: boolean): string {
  if (items.length === 0) return 'nothing to remove'
  return `${dryRun ? 'would remove' : 'removed'} ${formatNoun(items.length, 'object')}, ${formatBytes(bytesOf(items))}`
}

export function bytesOf(items: readonly { readonly bytes: number | undefined }[]): number {
  return items.reduce((total, { bytes = 0 }) => total + bytes, 0)
}

function same(text: string): string {
  return text
}
