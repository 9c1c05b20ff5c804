import type { ComparedBy, RunDifference } from '../../ask/diff-runs.js'
import type { ChangedSample, FieldCount } from '../../ask/difference.js'
import type { FieldChange } from '../../ask/field-changes.js'
import type { SchemaChange } from '../../ask/schema-change.js'
import type { Manifest } from '../../model/manifest.js'
import { formatCount, formatNoun } from '../../report/figures.js'
import { visibleText } from '../../report/visible-text.js'
import type { CommandContext } from '../command.js'
import type { Output } from '../output.js'
import { tableLines } from '../table.js'

/** Things of one kind shown on a terminal; --json has more. */
const MAX_SHOWN = 20
/** Of a value on a terminal, in characters. */
const SHOWN_VALUE = 60

const COMPARED: Readonly<Record<ComparedBy, string>> = {
  digest: 'by their digests; no part was read',
  documents: 'document by document, byte for byte',
  columns: 'by the columns of their Parquet parts, since not both have bson.gz or ejson.gz',
}

/** What `--json` says of a difference; docs/cli.md. */
export function diffFacts(difference: RunDifference): Record<string, unknown> {
  const { from, to, equal, comparedBy, added, removed, changed, rearranged } = difference
  const run = ({ runId, documents, digest }: Manifest): Record<string, unknown> => ({ runId, documents, digest })
  return {
    ...{ from: run(from), to: run(to), equal, comparedBy, added, removed, changed, rearranged },
    fields: difference.fields,
    fieldsTruncated: difference.fieldsTruncated,
    schema: difference.schema,
    samples: difference.samples,
    notes: difference.notes,
  }
}

/** The same for people. @param samples - whether documents are shown as examples */
export function printDifference(out: Output, difference: RunDifference, { samples }: { samples: boolean }): void {
  const { from, to, equal, added, removed, changed, rearranged } = difference
  const { paint } = out
  const counts = `${formatCount(added)} added, ${formatCount(removed)} removed, ${formatCount(changed)} changed`
  out.line(`${equal ? paint.green('=') : paint.yellow('≠')} ${from.dataset}: ${equal ? 'the same documents' : counts}`)
  out.line(`  from ${runText(from)}`)
  out.line(`  to   ${runText(to)}`)
  out.line(`  compared ${COMPARED[difference.comparedBy]}`)
  for (const note of difference.notes) out.line(`  ${paint.yellow('note')} ${visibleText(note, Infinity)}`)
  if (difference.schema.length > 0) out.line('  columns')
  for (const change of shown(out, difference.schema, 'column')) out.line(`    ${schemaText(change)}`)
  if (difference.fields.length > 0) printFields(out, difference)
  if (rearranged > 0)
    out.line(
      `  ${formatNoun(rearranged, 'changed document')} with the same values: the order of the fields differs, or bits that no text shows`,
    )
  if (!samples) return
  printIds(out, 'added', paint.green('+'), difference.samples.added, added)
  printIds(out, 'removed', paint.red('-'), difference.samples.removed, removed)
  printChanged(out, difference.samples.changed, changed)
}

function runText({ runId, documents, rejects }: Manifest): string {
  const rejected = rejects.documents === 0 ? '' : `, ${formatCount(rejects.documents)} of them rejected`
  return `${runId}  ${formatNoun(documents, 'document')}${rejected}`
}

function schemaText({ column, old, new: now }: SchemaChange): string {
  const name = visibleText(column)
  if (old === null) return `+ ${name} ${now}`
  return now === null ? `- ${name} ${old}` : `~ ${name} ${old} → ${now}`
}

function printFields(out: Output, { fields, fieldsTruncated }: RunDifference): void {
  const row = ({ field, ...counts }: FieldCount): string[] => [
    `    ${visibleText(field)}`,
    ...[counts.changed, counts.added, counts.removed].map(count => (count === 0 ? '' : formatCount(count))),
  ]
  out.line('  fields of changed documents')
  const rows = [['    field', 'changed', 'added', 'removed'], ...fields.slice(0, MAX_SHOWN).map(row)]
  for (const line of tableLines(rows)) out.line(line)
  if (fields.length > MAX_SHOWN)
    out.line(`    and ${formatNoun(fields.length - MAX_SHOWN, 'more field')}; --json has them`)
  if (fieldsTruncated) out.line(`    only the first ${formatNoun(fields.length, 'field')} met were counted`)
}

function printIds(out: Output, what: string, sign: string, ids: readonly string[], all: number): void {
  if (all === 0) return
  out.line(`  ${what}`)
  for (const id of ids) out.line(`    ${sign} ${visibleText(id)}`)
  if (all > ids.length) out.line(`    and ${formatNoun(all - ids.length, 'more', 'more')}; --ids lists all`)
}

function printChanged(out: Output, changed: readonly ChangedSample[], all: number): void {
  if (all === 0) return
  out.line('  changed')
  for (const { id, changes } of changed) {
    out.line(`    ${out.paint.yellow('~')} ${visibleText(id)}`)
    for (const change of shown(out, changes, 'field')) out.line(`        ${changeText(change)}`)
  }
  if (all > changed.length) out.line(`    and ${formatNoun(all - changed.length, 'more', 'more')}; --ids lists all`)
}

function changeText({ field, old, new: now }: FieldChange): string {
  // Types are only shown where they are the difference.
  const plain = plainNumbers(old) !== plainNumbers(now)
  const value = (text: string | null): string =>
    text === null ? 'missing' : visibleText((plain ? plainNumbers(text) : text) ?? '', SHOWN_VALUE)
  return `${visibleText(field)}: ${value(old)} → ${value(now)}`
}

/** Canonical Extended JSON with its numbers as JSON has them. */
function plainNumbers(text: string | null): string | null {
  return text?.replaceAll(/\{"\$number(?:Int|Long|Double|Decimal)":"([^"]*)"\}/g, '$1') ?? null
}

function shown<T>(out: Output, things: readonly T[], noun: string): readonly T[] {
  if (things.length > MAX_SHOWN) out.line(`    ${formatNoun(things.length, noun)}, of which the first ${MAX_SHOWN}:`)
  return things.slice(0, MAX_SHOWN)
}

const SIGN = { added: '+', removed: '-', changed: '~' } as const

/** All ids, a line each, as they come. Text without what could move the cursor, and otherwise whole. */
export async function printAllIds(out: Output, difference: RunDifference): Promise<void> {
  for await (const page of difference.ids()) {
    const lines = page.map(({ change, id }) => `${SIGN[change]} ${visibleText(id, Infinity)}\n`)
    if (!(await out.pour(lines.join('')))) return
  }
}

/**
 * The object of --json with all ids in it, written as they come: what is known goes out first, then `ids`, and
 * `context.told.end` closes the object, whatever happens.
 */
export async function writeAllIds(
  { out, told, command }: CommandContext,
  facts: Readonly<Record<string, unknown>>,
  difference: RunDifference,
): Promise<void> {
  out.raw(`${JSON.stringify({ command, datasets: [facts] }).slice(0, -3)},"ids":[`)
  told.end = members => {
    const rest = JSON.stringify(members).slice(1)
    out.raw(`]}]${rest === '}' ? rest : `,${rest}`}\n`)
  }
  let separator = ''
  for await (const page of difference.ids()) {
    const text = page.map(one => JSON.stringify(one)).join(',')
    if (text === '') continue
    if (!(await out.pour(separator + text))) return
    separator = ','
  }
}
