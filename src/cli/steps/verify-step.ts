import type { Config } from '../../config/config.js'
import type { IdList } from '../../proof/compare-spills.js'
import type { PartsVerdict } from '../../proof/verify-parts.js'
import type { Verification } from '../../proof/verify-run.js'
import type { SourceVerdict } from '../../proof/verify-source.js'
import { formatCount, formatNoun } from '../../report/figures.js'
import { visibleText } from '../../report/visible-text.js'
import type { Output } from '../output.js'

/** Things of one kind told on a terminal; --json has more. */
const MAX_SHOWN = 10

/** The configuration with another database than `source.database`: that of a run, or of a restore. */
export function withDatabase(config: Config, database: string): Config {
  return { ...config, source: { ...config.source, database } }
}

/** What `--json` says of a verification; docs/cli.md. */
export function verifyFacts({ manifest, matches, parts, source }: Verification): Record<string, unknown> {
  return {
    runId: manifest.runId,
    documents: manifest.documents,
    digest: manifest.digest,
    matches: matches ?? null,
    recomputed: parts?.recomputed ?? null,
    problems: parts?.problems ?? null,
    orphans: parts?.orphans ?? null,
    at: source?.at ?? null,
    source: source === undefined ? null : { documents: source.documents, digest: source.digest },
    comparedWith: source?.comparedWith ?? null,
    missing: source?.missing ?? null,
    extra: source?.extra ?? null,
    changed: source?.changed ?? null,
    notes: source?.notes ?? [],
  }
}

/** The same for people: a line for each verdict, and below it what is wrong. */
export function printVerification(out: Output, { manifest, parts, source }: Verification): void {
  const { dataset, runId } = manifest
  if (parts !== undefined) {
    const good = parts.problems.length === 0
    out.line(`${sign(out, good)} ${dataset}: run ${runId}, ${partsText(parts, manifest.parts.length)}`)
    list(
      out,
      parts.problems.map(({ key, problem }) => `${key}: ${problem}`),
      'problem',
    )
    if (parts.orphans.length > 0) {
      const noun = formatNoun(parts.orphans.length, 'object')
      out.warn(`${dataset}: ${noun} in the run’s folder that the manifest does not name; who reads folders sees them`)
      list(out, parts.orphans, 'object')
    }
  }
  if (source !== undefined) {
    out.line(`${sign(out, source.matches)} ${dataset}: run ${runId}, ${sourceText(source)}`)
    for (const [name, ids] of differences(source)) {
      if (ids === undefined || ids.count === 0) continue
      out.line(`  ${formatCount(ids.count)} ${name}`)
      list(out, ids.ids.slice(0, MAX_SHOWN), 'id', ids.count)
    }
    for (const note of source.notes) out.note(`  ${note}`)
  }
}

function partsText({ problems, recomputed }: PartsVerdict, parts: number): string {
  if (problems.length > 0) return `${formatNoun(problems.length, 'problem')} with what is on the lake`
  const counted = `all ${formatNoun(parts, 'part')} as committed: size, SHA-256, number of documents`
  if (recomputed === undefined) return `${counted}; no lossless format, so the digest was not computed anew`
  return `${counted}; the digest of all ${formatNoun(recomputed.documents, 'document')} computed anew from ${recomputed.format}`
}

function sourceText({ at, matches, documents }: SourceVerdict): string {
  const when = at === 'run' ? 'as it was at the run’s cluster time' : 'as it is now'
  if (matches === undefined) return `the source ${when}: it cannot be told whether it is the same`
  return `the source ${when} ${matches ? 'is the same' : 'is not the same'}: ${formatNoun(documents, 'document')}`
}

function differences({ missing, extra, changed }: SourceVerdict): [string, IdList | undefined][] {
  return [
    ['missing: in the source, and not in the run', missing],
    ['extra: in the run, and not in the source', extra],
    ['changed: in both, and not the same', changed],
  ]
}

function sign({ paint }: Output, good: boolean | undefined): string {
  if (good === undefined) return paint.yellow('?')
  return good ? paint.green('✓') : paint.red('✗')
}

function list(out: Output, lines: readonly string[], noun: string, all: number = lines.length): void {
  for (const line of lines.slice(0, MAX_SHOWN)) out.line(`    ${visibleText(line)}`)
  if (all > MAX_SHOWN) out.line(`    and ${formatNoun(all - MAX_SHOWN, `more ${noun}`)}; --json has them`)
}
