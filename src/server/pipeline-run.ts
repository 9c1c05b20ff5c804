import { readExecution, readManifest, readResult } from '../catalog/catalog.js'
import type { DatasetConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { HistoryView } from '../http/pipeline-attempt.js'
import type { ResultView } from '../http/pipeline-result.js'
import type { RunDetail } from '../http/pipeline-run.js'
import { atOnce } from '../model/at-once.js'
import type { Attempt } from '../model/attempt.js'
import { typeText } from '../model/column.js'
import type { Guarantee, Manifest } from '../model/manifest.js'
import { manifestBytes } from '../model/manifest.js'
import type { Execution, RuleResult, ValidationResult } from '../model/result.js'
import { attemptKey, failureView, type RunLineQuestion, readRunLine, runLines } from './pipeline-run-list.js'
import { contractOf, gateOfRun } from './pipeline-status.js'

/**
 * Everything about one run, or about an attempt that never came to have one.
 *
 * @param key - of its line: a run id, or {@link attemptKey}
 * @throws {@link LakeferryError} `RUN_MISSING` when there is nothing of it, not even an attempt
 */
export async function runDetail(question: RunLineQuestion, dataset: DatasetConfig, key: string): Promise<RunDetail> {
  const { lake, config } = question
  const { name } = dataset
  const { lines } = await runLines(question, dataset)
  // An attempt that had no run id yet when somebody took its address down may have one now.
  const line =
    lines.find(one => one.key === key) ?? lines.find(one => one.attempts.some(made => attemptKey(made) === key))
  if (line === undefined) throw new LakeferryError('RUN_MISSING', { dataset: name, runId: key })
  const run = await readRunLine(question, line)
  const attempts = line.attempts.map(attemptView)
  const { runId } = line
  if (run.state !== 'committed' || runId === undefined) {
    return { run, manifest: null, result: null, execution: null, gate: null, attempts }
  }
  const [manifest, result, execution] = await Promise.all([
    readManifest(lake, name, runId),
    readResult(lake, name, runId),
    readExecution(lake, name, runId),
  ])
  const gate = result && gateOfRun({ config, dataset, contract: await contractOf(dataset), manifest, result })
  return {
    run,
    manifest: manifestView(manifest),
    result: result === undefined ? null : resultSummary(result),
    execution: execution === undefined ? null : executionView(execution),
    gate:
      gate === undefined
        ? null
        : {
            outcome: gate.outcome,
            reasons: gate.reasons.map(({ outcome, reason, next }) => ({ outcome, reason, next })),
          },
    attempts,
  }
}

function manifestView(manifest: Manifest): NonNullable<RunDetail['manifest']> {
  const { source, guarantee, digest, formats, parts, rejects, columns, contract, tool } = manifest
  const { server, database, collection, filter } = source
  return {
    source: { server, database, collection, filter: filter ?? null },
    guarantee: guaranteeView(guarantee),
    digest,
    formats: formats.map(format => {
      const own = parts.filter(part => part.format === format)
      const documents = own.reduce((sum, part) => sum + part.documents, 0)
      return { format, parts: own.length, documents, bytes: manifestBytes(manifest, format) }
    }),
    rejects: { documents: rejects.documents, objects: rejects.keys.length },
    columns: columns.map(({ name, type }) => ({ name, type: typeText(type) })),
    contract: contract === undefined ? null : contractView(contract),
    tool,
  }
}

function guaranteeView(guarantee: Guarantee): NonNullable<RunDetail['manifest']>['guarantee'] {
  if (guarantee.kind !== 'snapshot') return { kind: guarantee.kind, at: null, reason: guarantee.reason }
  return { kind: guarantee.kind, at: new Date(guarantee.clusterTime.t * 1000).toISOString(), reason: null }
}

function contractView({ id, version, fingerprint }: ResultView['contract']): ResultView['contract'] {
  return { id, version, fingerprint }
}

function resultSummary(result: ValidationResult): NonNullable<RunDetail['result']> {
  const { status, documents, failingDocuments, violations, contract } = result
  const { error, any } = failingDocuments
  return {
    status,
    documents,
    failingDocuments: { error, any },
    violations: violations.count,
    contract: contractView(contract),
  }
}

function executionView({ engine, engineVersion, tool, startedAt, seconds }: Execution): RunDetail['execution'] {
  return { engine, engineVersion, tool, startedAt, seconds }
}

function attemptView({ runId: _, owner: __, error, ...attempt }: Attempt): RunDetail['attempts'][number] {
  return { ...attempt, error: failureView(error) }
}

/** What its last validation found, rule by rule, in the contract's order. */
export function resultView(result: ValidationResult): ResultView {
  const { dataset, runId, rules } = result
  return { dataset, runId, ...resultSummary(result), rules: rules.map(ruleView) }
}

function ruleView(rule: RuleResult): ResultView['rules'][number] {
  const { id, kind, column, severity, status, checked, violated, message, description, threshold, observed } = rule
  return {
    ...{ id, kind, column, severity, status, checked, violated, message, threshold },
    ...(description === undefined ? {} : { description }),
    ...(observed === undefined ? {} : { observed }),
  }
}

/** Runs read at the same time, of those that the record of attempts does not know. */
const AT_ONCE = 8

/** What charts are made of: each run once, as its last attempt left it; of older ones what the lake says. Oldest first. */
export async function readHistory(
  question: RunLineQuestion,
  dataset: DatasetConfig,
  limit: number,
): Promise<HistoryView> {
  const { lines } = await runLines(question, dataset)
  const attempts = await atOnce(
    AT_ONCE,
    lines.slice(0, limit).toReversed(),
    async (line): Promise<HistoryView['attempts'][number]> => {
      const { key, attempts, runId = null } = line
      const last = attempts.at(-1)
      if (last !== undefined) return { ...attemptView(last), key, runId }
      const { startedAt, documents, bytes, seconds, outcome, violated, error } = await readRunLine(question, line)
      return {
        ...{ key, runId, began: startedAt ?? '', outcome, documents, bytes },
        ...{ exportSeconds: seconds, validationSeconds: null, violated, error },
      }
    },
  )
  return { dataset: dataset.name, attempts }
}
