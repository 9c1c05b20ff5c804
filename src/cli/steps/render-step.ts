import type { DatasetConfig } from '../../config/config.js'
import type { Contract } from '../../model/contract.js'
import type { RunId } from '../../model/run-id.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { CertificateInput } from '../../report/certificate.js'
import type { ReportInput } from '../../report/report-input.js'
import type { Output } from '../output.js'
import { TOOL } from '../version.js'
import { gateOf } from './gate-step.js'
import { printVerdict, reportInput } from './report-step.js'

export const REPORT_FORMATS = ['html', 'junit', 'md', 'json', 'text'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** Something about one run that can be shown in several ways. */
export interface Rendering {
  /** Members of `--json`; docs/cli.md. */
  readonly facts: Readonly<Record<string, unknown>>
  /** A few lines for the terminal. */
  readonly print: (out: Output) => Promise<void>
  readonly render: (format: ReportFormat) => Promise<string>
}

export interface ValidationReportRequest {
  readonly dataset: DatasetConfig
  readonly runId: RunId
  /** Today's. */
  readonly contract: Contract | undefined
}

/** The verdict on a validated run. */
export async function validationReport(
  lake: ObjectStore,
  { dataset, runId, contract }: ValidationReportRequest,
): Promise<Rendering> {
  const collected = await reportInput(lake, { dataset: dataset.name, runId, contract })
  const { manifest, result } = collected
  // Only the contract that it was held to may say that there need be no documents. Its age is no part of a report on a run.
  const heldTo = contract?.fingerprint === result.contract.fingerprint ? contract : undefined
  const input = { ...collected, gate: gateOf({ dataset, manifest, result, contract: heldTo }) }
  const { status, documents, failingDocuments, violations } = result
  return {
    facts: { status, documents, failingDocuments, violations: violations.count, gate: input.gate },
    print: out => printVerdict(out, input),
    render: format => renderReport(format, input),
  }
}

/** What a committed run is, validated or not. */
export async function certificateReport(
  lake: ObjectStore,
  { dataset, runId, signal }: { readonly dataset: string; readonly runId: RunId; readonly signal: AbortSignal },
): Promise<Rendering> {
  const { collectCertificate } = await import('../../report/certificate-input.js')
  const { countRejects } = await import('../../proof/count-rejects.js')
  const input = await collectCertificate(
    { lake },
    { dataset, runId, generatedBy: TOOL, countRejects: manifest => countRejects(lake, manifest, signal) },
  )
  const { manifest, result } = input
  const facts = {
    status: result?.status ?? null,
    documents: manifest.documents - manifest.rejects.documents,
    failingDocuments: result?.failingDocuments ?? null,
    violations: result?.violations.count ?? null,
    gate: null,
  }
  return {
    facts,
    print: async out => out.line((await renderCertificate('text', input)).trimEnd()),
    render: format => renderCertificate(format, input),
  }
}

async function renderReport(format: ReportFormat, input: ReportInput): Promise<string> {
  switch (format) {
    case 'html':
      return (await import('../../report/html.js')).renderHtml(input)
    case 'junit':
      return (await import('../../report/junit.js')).renderJunit(input)
    case 'md':
      return (await import('../../report/markdown.js')).renderMarkdown(input)
    case 'json':
      return (await import('../../report/json.js')).renderJson(input)
    case 'text':
      return (await import('../../report/terminal.js')).renderTerminal(input)
  }
}

/** @throws RangeError for a format that a certificate does not have, which the command refuses before */
async function renderCertificate(format: ReportFormat, input: CertificateInput): Promise<string> {
  const text = await import('../../report/certificate-text.js')
  switch (format) {
    case 'html':
      return (await import('../../report/certificate-html.js')).renderCertificateHtml(input)
    case 'md':
      return text.renderCertificateMarkdown(input)
    case 'text':
      return text.renderCertificateText(input)
    default:
      throw new RangeError(`no certificate in ${format}`)
  }
}
