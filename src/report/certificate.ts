import { lakeKey } from '../model/lake-key.js'
import { type Guarantee, type Manifest, manifestBytes } from '../model/manifest.js'
import type { ValidationResult } from '../model/result.js'
import { formatBytes, formatCount, formatInstant, formatNoun } from './figures.js'
import { visibleText as visibleUpTo } from './visible-text.js'

/** Everything that the certificate of one run says, as data: the same input gives the same bytes. */
export interface CertificateInput {
  readonly manifest: Manifest
  /** Of the manifest as it lies on the lake, hex. */
  readonly manifestSha256: string
  /** How many documents were rejected for each reason, by its code. */
  readonly rejectCodes: Readonly<Record<string, number>>
  /** Of the run's last validation, where there was one. */
  readonly result?: Pick<ValidationResult, 'status' | 'documents' | 'failingDocuments' | 'contract' | 'violations'>
  /** Where the lake is, without secrets. */
  readonly lake: string
  /** The program and its version, `lakeferry 0.1.0`. */
  readonly generatedBy: string
}

/** Code points of others' text in one place: several such, and all the rest, have to fit on a page. */
const MAX_LITERAL = 120

/** One fact: running text, and below it words to be taken as they are (keys, hashes, text of others). */
export interface CertificateFact {
  readonly name: string
  readonly text: string
  readonly literal?: string
}

/**
 * The certificate in words; each of its formats lays the same ones out. Text of others in it can be seen, and is cut where
 * it could push a page over its edge; for HTML and Markdown it still has to be escaped.
 */
export interface CertificateText {
  readonly title: string
  readonly statement: string
  readonly figures: readonly { readonly name: string; readonly value: string }[]
  readonly facts: readonly CertificateFact[]
  readonly digests: readonly { readonly name: string; readonly digest: string }[]
  readonly formats: readonly (readonly [format: string, parts: string, documents: string, size: string])[]
  readonly manifest: { readonly key: string; readonly sha256: string }
  readonly checks: readonly { readonly text: string; readonly literal: string }[]
  /** What the page does not say. */
  readonly caution: string
}

export function certificateText(input: CertificateInput): CertificateText {
  const { manifest } = input
  const { dataset, runId, source, rejects } = manifest
  const carried = manifest.documents - rejects.documents
  return {
    title: `${dataset}, run ${runId}`,
    statement: statement(input, carried),
    figures: [
      { name: 'Documents read', value: formatCount(manifest.documents) },
      { name: 'In the parts of each format', value: formatCount(carried) },
      { name: 'Set aside, with their bytes', value: formatCount(rejects.documents) },
    ],
    facts: [
      {
        name: 'Source',
        text: `on ${visibleText(source.server)}`,
        literal: visibleText(`${source.database}.${source.collection}`),
      },
      ...(source.filter === undefined
        ? []
        : [{ name: 'Only those that match', text: '', literal: visibleText(source.filter) }]),
      { name: 'Lake', text: '', literal: visibleText(input.lake) },
      guaranteeFact(manifest.guarantee),
      {
        name: 'Exported',
        text: `begun ${formatInstant(manifest.startedAt)}, committed ${formatInstant(manifest.committedAt)}`,
      },
      rejectsFact(input),
      contractFact(input),
      { name: 'Exported with', text: visibleText(manifest.tool) },
    ],
    digests: [
      { name: `Digest of the ${formatNoun(carried, 'document')} in the parts`, digest: manifest.digest },
      ...(rejects.documents === 0 || rejects.digest === undefined
        ? []
        : [{ name: `Digest of the ${formatNoun(rejects.documents, 'document')} set aside`, digest: rejects.digest }]),
    ],
    formats: manifest.formats.map(format => {
      const parts = manifest.parts.filter(part => part.format === format)
      const documents = parts.reduce((sum, part) => sum + part.documents, 0)
      return [format, formatCount(parts.length), formatCount(documents), formatBytes(manifestBytes(manifest, format))]
    }),
    manifest: { key: lakeKey.manifest(dataset, runId), sha256: input.manifestSha256 },
    checks: [
      {
        text: 'The parts on the lake, their SHA-256 and documents, against the manifest',
        literal: `lakeferry verify ${dataset} --run ${runId}`,
      },
      {
        text: 'The documents against their source, with the ids that differ',
        literal: `lakeferry verify ${dataset} --run ${runId} --against source`,
      },
      {
        text: 'By hand: the digest is the sum, modulo 2^256, of the SHA-256 of each document’s raw BSON, in any order',
        literal: 'Σ sha256(bson) mod 2²⁵⁶, as 64 hex digits',
      },
    ],
    caution:
      'This page repeats what the manifest says, which was written once, when the run was committed. It does not say that the objects are still there and unchanged: the first command does.',
  }
}

function statement({ manifest }: CertificateInput, carried: number): string {
  const { documents, rejects, formats } = manifest
  if (documents === 0) return 'The source had no documents. The run is whole, and empty.'
  const where = formats.length === 1 ? `the ${formats[0]} parts` : `the parts of each of ${formats.length} formats`
  const read = `${formatNoun(documents, 'document was', 'documents were')} read, and ${where} together`
  if (rejects.documents === 0) return carried === 1 ? `${read} hold it.` : `${read} hold every one of them once.`
  return `${read} hold ${formatCount(carried)} of them; ${formatNoun(rejects.documents, 'document')} that could not be carried without a change ${rejects.documents === 1 ? 'is' : 'are'} kept beside them, byte for byte. None was dropped.`
}

function guaranteeFact(guarantee: Guarantee): CertificateFact {
  switch (guarantee.kind) {
    case 'snapshot': {
      const { t, i } = guarantee.clusterTime
      const instant = formatInstant(new Date(t * 1_000).toISOString())
      return {
        name: 'Guarantee',
        text: `Snapshot: every document as it was at one instant, cluster time ${instant}, increment ${formatCount(i)}. What was written later is not in the run, and nothing from before is missing.`,
      }
    }
    case 'majority':
      return {
        name: 'Guarantee',
        text: 'Majority: each document as a majority of the servers had acknowledged it at some moment while the export ran; what was written meanwhile may be seen or not. No single instant, because:',
        literal: visibleText(guarantee.reason),
      }
    case 'file':
      return {
        name: 'Guarantee',
        text: 'Backup file: every document of a file that did not change while it was read. What point in time that is, the backup decided:',
        literal: visibleText(guarantee.reason),
      }
  }
}

function rejectsFact({ manifest, rejectCodes }: CertificateInput): CertificateFact {
  const { documents, keys } = manifest.rejects
  if (documents === 0) return { name: 'Set aside', text: 'nothing: every document could be carried as it is' }
  const codes = Object.entries(rejectCodes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, count]) => `${formatCount(count)} ${visibleText(code)}`)
  const [first = ''] = keys
  const others = keys.length < 2 ? '' : `, in ${formatCount(keys.length)} objects of which the first is`
  return { name: 'Set aside', text: `${codes.join(', ')}${others || ', in'}`, literal: first }
}

function contractFact({ manifest, result }: CertificateInput): CertificateFact {
  const held = result?.contract ?? manifest.contract
  if (held === undefined) return { name: 'Contract', text: 'none' }
  const literal = visibleText(`${held.id} ${held.version}, SHA-256 ${held.fingerprint}`)
  if (result === undefined)
    return { name: 'Contract', text: 'the columns are those of the contract; not validated yet', literal }
  const { status, failingDocuments, documents } = result
  const verdict = { pass: 'kept', warn: 'kept, with warnings', fail: 'broken' }[status]
  const breaking = `${formatCount(failingDocuments.error)} of ${formatNoun(documents, 'document')} break it`
  return { name: 'Contract', text: `${verdict} at the last validation: ${breaking}`, literal }
}

/** Eight digits at a time: what two people compare over the telephone. */
export function digestGroups(digest: string): readonly string[] {
  return digest.match(/.{1,8}/gs) ?? []
}

function visibleText(text: string): string {
  return visibleUpTo(text, MAX_LITERAL)
}
