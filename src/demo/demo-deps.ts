import type { RuleResult, Violation } from '../model/result.js'
import type { Severity } from '../model/rule.js'

/**
 * What the demo borrows: the use cases, as the command line wires them for the commands of the same names, and the
 * terminal. `configFile` is the demo's own `lakeferry.yaml`; each step reads it anew, as a command would.
 */
export interface DemoDeps {
  /** `lakeferry export`: one committed run. */
  exportDataset(step: DemoStep): Promise<DemoExport>
  /** `lakeferry validate --rows` of the newest run. That rules fail is an answer here, not an error. */
  validateDataset(step: DemoStep): Promise<DemoValidation>
  /** `lakeferry report --format html`: the path of the written file. */
  writeReport(step: DemoStep): Promise<string>
  /** `lakeferry serve` on a free port of the loopback. @param configFile - absolute path of the demo's own */
  serve(configFile: string): Promise<ServedDashboard>
  readonly terminal: DemoTerminal
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  /** @defaultValue the process's own */
  readonly env?: NodeJS.ProcessEnv
}

export interface ServedDashboard {
  /** `http://127.0.0.1:43210/` */
  readonly url: string
  /** Stops what it has started, too. */
  close(): Promise<void>
}

export interface DemoStep {
  /** Absolute path. */
  readonly configFile: string
  readonly dataset: string
  readonly signal: AbortSignal
  /** Documents done so far. */
  readonly progress: (done: number) => void
}

export interface DemoExport {
  readonly runId: string
  readonly documents: number
  /** On the lake, of all formats. */
  readonly bytes: number
  readonly parts: number
}

export interface DemoValidation {
  readonly status: 'pass' | 'warn' | 'fail'
  /** Documents that violate a rule of severity `error`. */
  readonly failingDocuments: number
  readonly rules: readonly RuleResult[]
  /** Every violation, of every rule. */
  violations(): AsyncIterable<Pick<Violation, '_id' | 'rule'>>
}

export interface DemoTerminal {
  /** One line of standard output, or standard error under `--json`. */
  line(text: string): void
  /** A bar on a terminal, nothing elsewhere. `total` is in documents. */
  bar(label: string, total: number): { update(done: number): void; stop(): void }
  readonly style: {
    bold(text: string): string
    dim(text: string): string
    /** Commands and paths. */
    accent(text: string): string
    good(text: string): string
    bad(text: string): string
    severity(severity: Severity, text: string): string
  }
}
