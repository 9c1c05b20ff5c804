import { LakeferryError } from '../../errors.js'
import type { Manifest } from '../../model/manifest.js'
import type { RestoreOutcome } from '../../proof/restore-run.js'
import { formatNoun, formatSeconds } from '../../report/figures.js'
import { visibleText } from '../../report/visible-text.js'
import type { Output } from '../output.js'

/** Documents that are not in the collection, told one by one on a terminal; --json has more. */
const MAX_SHOWN = 20

export interface Namespace {
  readonly database: string
  readonly collection: string
}

/** `iclr_2024.papers.copy` is the collection `papers.copy`: a database has no dot in its name. */
export function parseNamespace(text: string): Namespace {
  const dot = text.indexOf('.')
  const [database, collection] = [text.slice(0, Math.max(dot, 0)), text.slice(dot + 1)]
  // https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
  if (/^[^\\/\s"$*<>:|?\0]+$/.test(database) && collection !== '' && !/\0|^\$|^system\./.test(collection))
    return { database, collection }
  throw new LakeferryError('USAGE', {
    problem: `--to wants DATABASE.COLLECTION, got ${JSON.stringify(text)}`,
    next: 'For example --to iclr_restored.papers',
  })
}

/** What `--json` says of a restore; docs/cli.md. */
export function restoreFacts(namespace: string, manifest: Manifest, outcome: RestoreOutcome): Record<string, unknown> {
  const { documents, digest, format, rejected, refused, refusals } = outcome
  return { runId: manifest.runId, to: namespace, documents, digest, format, rejected, refused, refusals }
}

/** The same for people. */
export function printRestore(
  out: Output,
  {
    manifest,
    outcome,
    namespace,
    seconds,
  }: {
    readonly manifest: Manifest
    readonly outcome: RestoreOutcome
    readonly namespace: string
    readonly seconds: number
  },
): void {
  const { documents, format, rejected, refused, refusals } = outcome
  const whole = refused === 0 ? 'digest checked' : 'digest of those checked'
  const besides = rejected === 0 ? '' : `, ${formatNoun(rejected, 'rejected one')} among them`
  out.line(
    `${manifest.dataset}: run ${manifest.runId} restored into ${namespace} from ${format}: ${formatNoun(documents, 'document')}${besides}, ${whole}, ${formatSeconds(seconds)}`,
  )
  if (refused === 0) return
  out.warn(`${formatNoun(refused, 'document')} of the run ${refused === 1 ? 'is' : 'are'} not in ${namespace}:`)
  for (const { id, reason } of refusals.slice(0, MAX_SHOWN))
    out.error(`  ${visibleText(`${id ?? 'no _id'}: ${reason}`)}`)
  if (refused > MAX_SHOWN)
    out.error(`  and ${formatNoun(refused - MAX_SHOWN, 'more', 'more')}; --json has the first 1,000`)
}
