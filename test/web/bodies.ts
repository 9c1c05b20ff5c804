import type { Comment, Paper } from '../../src/http/papers.js'
import type { AlertList, AlertView } from '../../src/http/pipeline-alert.js'
import type { HistoryView } from '../../src/http/pipeline-attempt.js'
import type { CertificateView, PartsView } from '../../src/http/pipeline-certificate.js'
import type { ContractView } from '../../src/http/pipeline-contract.js'
import type { CurrentRunView, ProgressView } from '../../src/http/pipeline-current.js'
import type { AnomaliesView, ResultView, RuleView, ViolationView } from '../../src/http/pipeline-result.js'
import type { RunDetail, RunView } from '../../src/http/pipeline-run.js'
import type { StatusView } from '../../src/http/pipeline-status.js'

/** What the server of these tests answers: bodies as the real one has them, held to the same schemas. */

const DAY = 86_400_000

/** A run every night, the oldest first, the last of them six hours before `now`. */
export function nights(now: number, count = 14): readonly Date[] {
  return Array.from({ length: count }, (_, at) => new Date(now - 6 * 3_600_000 - (count - 1 - at) * DAY))
}

export function runIdOf(began: Date): string {
  return `${began.toISOString().replaceAll(/[-:]/g, '')}-${(began.getTime() % 0xffffff).toString(16).padStart(6, '0')}`
}

const DOCUMENTS = [7_120, 7_133, 7_151, 7_160, 7_166, 7_180, 7_204, 7_209, 7_225, 7_240, 7_251, 7_262, 7_270, 7_281]
function documentsOf(dataset: string, at: number): number {
  return (DOCUMENTS[at] ?? 0) * (dataset === 'papers' ? 1 : 8) + (dataset === 'papers' ? 0 : (at * 37) % 11)
}

const VIOLATED = [2, 2, 2, 2, 2, 0, 0, 3, 3, 3, 3, 0, 0, 46]

export function runs(now: number, dataset: string): readonly RunView[] {
  return nights(now)
    .map((began, at): RunView => {
      const failed = at === 9
      return {
        key: failed ? began.toISOString().replaceAll(/[-:]/g, '') : runIdOf(began),
        dataset,
        runId: failed ? null : runIdOf(began),
        state: failed ? 'failed' : 'committed',
        startedAt: began.toISOString(),
        committedAt: failed ? null : new Date(began.getTime() + 7_000 + at * 300).toISOString(),
        documents: failed ? null : documentsOf(dataset, at),
        rejects: failed ? null : 0,
        bytes: failed ? null : 9_300_000 + at * 31_000,
        seconds: failed ? null : 6.2 + at * 0.3,
        outcome: failed ? null : at === 13 && dataset === 'papers' ? 'bad' : 'good',
        violated: failed ? null : dataset === 'papers' ? (VIOLATED[at] ?? 0) : 0,
        error: failed
          ? {
              code: 'SOURCE_UNREACHABLE',
              message: 'No server of the replica set answered within 30 s.',
              hint: 'Check the address and that the server runs.',
              step: 'export',
            }
          : null,
      }
    })
    .toReversed()
}

const REASON = {
  outcome: 'bad',
  reason: '2 rules of severity error failed: title.required, rating_avg.maximum',
  next: 'lakeferry report papers --format html shows the documents',
}

export function status(now: number): StatusView {
  const [newest] = runs(now, 'papers')
  const standing = {
    ageSeconds: 21_600,
    promiseSeconds: 93_600,
    asOf: newest!.startedAt,
    problem: null,
    underWay: null,
  }
  return {
    at: new Date(now).toISOString(),
    lake: 's3://lake/iclr',
    datasets: [
      {
        ...standing,
        dataset: 'papers',
        state: 'fresh',
        runId: newest!.runId,
        documents: 7_281,
        outcome: 'bad',
        reasons: [REASON],
      },
      {
        ...standing,
        dataset: 'comments',
        state: 'fresh',
        runId: newest!.runId,
        documents: documentsOf('comments', 13),
        outcome: 'good',
        reasons: [],
      },
    ],
    checks: [
      {
        kind: 'lake',
        subject: '',
        state: 'fine',
        severity: 'critical',
        promised: 'the lake answers',
        seen: 'it answers in 4 ms',
        since: null,
        look: 'lakeferry doctor',
      },
      {
        kind: 'verdict',
        subject: 'papers',
        state: 'wrong',
        severity: 'critical',
        promised: 'the newest run keeps the contract',
        seen: '46 violations in 2 rules of severity error',
        since: new Date(now - 21_000_000).toISOString(),
        look: 'lakeferry report papers',
      },
      {
        kind: 'volume',
        subject: 'comments',
        state: 'unknown',
        severity: 'warning',
        promised: 'as many documents as usual',
        seen: 'too few runs to compare with',
        since: null,
        look: 'lakeferry runs comments',
      },
    ],
    openAlerts: 1,
  }
}

export const RULES: readonly RuleView[] = [
  {
    id: 'id.unique',
    kind: 'unique',
    column: 'id',
    severity: 'error',
    status: 'pass',
    checked: 7_281,
    violated: 0,
    message: 'Two papers have this id',
  },
  {
    id: 'title.required',
    kind: 'required',
    column: 'title',
    severity: 'error',
    status: 'fail',
    checked: 7_281,
    violated: 12,
    message: 'Missing title',
    description: 'A paper is listed by its title.',
  },
  {
    id: 'rating_avg.maximum',
    kind: 'maximum',
    column: 'rating_avg',
    severity: 'error',
    status: 'fail',
    checked: 6_904,
    violated: 31,
    message: 'Rating above 10',
  },
  {
    id: 'abstract.minLength',
    kind: 'minLength',
    column: 'abstract',
    severity: 'warning',
    status: 'fail',
    checked: 7_270,
    violated: 3,
    message: 'Abstract shorter than 40 characters',
  },
  {
    id: 'keywords.minItems',
    kind: 'minItems',
    column: 'keywords',
    severity: 'info',
    status: 'pass',
    checked: 7_281,
    violated: 0,
    message: 'No keywords',
  },
  {
    id: 'rowCount',
    kind: 'rowCount',
    column: '',
    severity: 'error',
    status: 'pass',
    checked: 1,
    violated: 0,
    message: 'Fewer papers than half of the usual',
    observed: '7281',
  },
]

const CONTRACT_OF = {
  id: 'urn:datacontract:papers',
  version: '1.2.0',
  fingerprint: '5f2b8a1e90c4d7360f1e5a9bb6c8d2734e1f0a9c8b7d6e5f4a3b2c1d0e9f8a7b',
}

/** @param share - of the newest run's violations, which earlier runs had fewer of */
export function result(dataset: string, runId: string, share: number): ResultView {
  const rules = RULES.map(rule => {
    const violated = Math.round(rule.violated * share)
    return { ...rule, violated, status: violated > 0 ? rule.status : 'pass' }
  })
  const violations = rules.reduce((sum, { violated }) => sum + violated, 0)
  return {
    ...{ dataset, runId, status: violations > 3 ? 'fail' : violations > 0 ? 'warn' : 'pass', documents: 7_281 },
    ...{
      failingDocuments: { error: Math.max(0, violations - 3), any: violations },
      violations,
      contract: CONTRACT_OF,
      rules,
    },
  }
}

export const VIOLATIONS: readonly ViolationView[] = RULES.flatMap(({ id, column, violated, message }) =>
  Array.from({ length: violated }, (_, at) => ({
    _id: `65a1f0c2e4b0a1b2c3d4${(at * 7 + 4_096).toString(16)}`,
    rule: id,
    column,
    value: id === 'title.required' ? null : id === 'rating_avg.maximum' ? String(11 + at) : '"Too short."',
    reason: message ?? '',
  })),
)

export function anomalies(now: number, dataset: string, runId: string): AnomaliesView {
  const history = nights(now)
    .slice(0, -1)
    .map((began, at) => ({ runId: runIdOf(began), value: 0.04 + ((at * 7) % 5) * 0.002 }))
  return {
    ...{ version: 1, dataset, runId, status: 'attention', runs: 13, runsNeeded: 7 },
    anomalies: [
      {
        column: 'rating_avg',
        measure: 'null share',
        value: 0.0518,
        expected: 0.044,
        low: 0.031,
        high: 0.0502,
        z: 4.1,
        history,
      },
      {
        column: '',
        measure: 'documents',
        value: 7_281,
        expected: 7_204,
        low: 7_020,
        high: 7_260,
        z: 3.6,
        history: history.map((point, at) => ({ ...point, value: DOCUMENTS[at] ?? 0 })),
      },
    ],
  }
}

export function detail(run: RunView): RunDetail {
  const committed = run.state === 'committed'
  const bad = run.outcome === 'bad'
  return {
    run,
    manifest: committed
      ? {
          source: { server: 'mongo-0.db:27017', database: 'iclr', collection: run.dataset, filter: null },
          guarantee: { kind: 'snapshot', at: run.startedAt, reason: null },
          digest: '3b7e'.repeat(16),
          formats: [
            { format: 'parquet', parts: 2, documents: run.documents ?? 0, bytes: 4_100_000 },
            { format: 'ndjson.gz', parts: 2, documents: run.documents ?? 0, bytes: 5_200_000 },
          ],
          rejects: { documents: 0, objects: 0 },
          columns: ['id', 'title', 'abstract', 'authors', 'keywords', 'status', 'rating_avg'].map(name => ({
            name,
            type: 'string',
          })),
          contract: CONTRACT_OF,
          tool: 'lakeferry 0.1.0',
        }
      : null,
    result: committed
      ? {
          status: bad ? 'fail' : 'pass',
          documents: run.documents ?? 0,
          failingDocuments: { error: bad ? 43 : 0, any: bad ? 46 : 0 },
          violations: run.violated ?? 0,
          contract: CONTRACT_OF,
        }
      : null,
    execution: committed
      ? {
          engine: 'duckdb',
          engineVersion: '1.5.6',
          tool: 'lakeferry 0.1.0',
          startedAt: run.committedAt ?? '',
          seconds: 0.6,
        }
      : null,
    gate: committed ? { outcome: run.outcome ?? 'good', reasons: bad ? [REASON] : [] } : null,
    attempts:
      run.startedAt === null
        ? []
        : [
            {
              began: run.startedAt,
              ended: run.committedAt,
              outcome: committed ? 'succeeded' : 'failed',
              documents: run.documents,
              bytes: run.bytes,
              exportSeconds: run.seconds,
              validationSeconds: committed ? 0.6 : null,
              violated: run.violated,
              error: run.error,
            },
          ],
  }
}

export const CERTIFICATE: CertificateView = {
  title: 'papers',
  statement: '7,281 documents were read, and the parts of each of 2 formats together hold every one of them once.',
  figures: [
    { name: 'Documents read', value: '7,281' },
    { name: 'In the parts of each format', value: '7,281' },
    { name: 'Set aside, with their bytes', value: '0' },
  ],
  facts: [
    { name: 'Source', text: 'on mongo-0.db:27017', literal: 'iclr.papers' },
    { name: 'Guarantee', text: 'Snapshot: every document as it was at one instant.' },
  ],
  digests: [{ name: 'Digest of the 7,281 documents in the parts', digest: '3b7e'.repeat(16) }],
  formats: [{ format: 'parquet', parts: '2', documents: '7,281', size: '4.1 MB' }],
  manifest: { key: 'raw/papers/_manifests/run.json', sha256: '90c4'.repeat(16) },
  checks: [
    {
      text: 'The parts on the lake, their SHA-256 and documents, against the manifest',
      literal: 'lakeferry verify papers',
    },
  ],
  caution: 'This page repeats what the manifest says, which was written once, when the run was committed.',
}

export const PARTS: PartsView = {
  parts: ['parquet', 'ndjson.gz'].flatMap(format =>
    [0, 1].map(at => ({
      path: `part-0000${at}.${format}`,
      format,
      documents: 3_640 + at,
      bytes: 2_050_000,
      sha256: '7d6e'.repeat(16),
    })),
  ),
}

export function history(now: number, dataset: string): HistoryView {
  const attempts = runs(now, dataset)
    .toReversed()
    .map(run => ({
      ...{
        key: run.key,
        runId: run.runId,
        began: run.startedAt ?? '',
        outcome: run.state === 'failed' ? 'failed' : 'succeeded',
        documents: run.documents,
        bytes: run.bytes,
      },
      ...{
        exportSeconds: run.seconds,
        validationSeconds: run.seconds === null ? null : 0.6,
        violated: run.violated,
        error: run.error,
      },
    }))
  return { dataset, attempts }
}

export const CONTRACT: ContractView = {
  ...CONTRACT_OF,
  dataset: 'papers',
  name: 'papers',
  description: 'Papers submitted to the conference, with their mean rating.',
  freshnessSeconds: 93_600,
  keyColumns: ['id'],
  columns: [
    { name: 'id', type: 'string', note: 'Given at submission' },
    { name: 'title', type: 'string', note: 'A paper is listed by its title.' },
    { name: 'rating_avg', type: 'double', note: 'Mean of the reviewers’ ratings, 1 to 10' },
    { name: 'keywords', type: 'list<string>', note: null },
  ],
  rules: RULES.map(({ id, kind, column, severity, message, description }) => ({
    id,
    kind,
    column,
    severity,
    message: message ?? '',
    description: description ?? null,
    threshold: id === 'abstract.minLength' ? 0.99 : 1,
    expects: `${column === '' ? 'the data set' : column}: ${kind}`,
  })),
  source:
    'apiVersion: v3.1.0\nkind: DataContract\nid: urn:datacontract:papers\nversion: 1.2.0\nschema:\n  - name: papers\n    properties:\n      - name: title # in 7,269 of 7,281 documents\n        required: true\n        quality:\n          - type: library\n            metric: rowCount # 7,281 documents: half of them missing would be a fault\n            mustBeGreaterThan: 3640\n',
}

export function alerts(now: number): AlertList {
  const alert: AlertView = {
    id: '4f2a',
    kind: 'verdict',
    severity: 'critical',
    title: 'papers breaks its contract',
    promised: 'the newest run keeps the contract',
    seen: '46 violations in 2 rules of severity error',
    since: new Date(now - 21_000_000).toISOString(),
    resolvedAt: null,
    acknowledged: null,
    affected: ['papers'],
    look: 'lakeferry report papers --format html',
  }
  return {
    at: new Date(now - 40_000).toISOString(),
    alerts: [alert],
    silences: [
      {
        id: '0a1b2c3d',
        datasets: ['comments'],
        kind: null,
        from: new Date(now - DAY).toISOString(),
        until: new Date(now + DAY).toISOString(),
        reason: 'The collection is being moved',
        by: 'Mira',
      },
    ],
  }
}

const TOPICS = ['retrieval', 'diffusion', 'graph networks', 'reinforcement learning', 'optimisation', 'language models']
const NAMES = ['Ada Lindqvist', 'Jun Okafor', 'Mira Castellanos', 'Pavel Horák', 'Sena Yildiz']

export const PAPERS: readonly Paper[] = Array.from({ length: 137 }, (_, at) => ({
  _id: `65a1f0c2e4b0a1b2c3d4${(at + 4_096).toString(16)}`,
  id: `p${at}`,
  title: `${['Learning', 'Scaling', 'Understanding', 'Rethinking'][at % 4]} ${TOPICS[at % 6]} with ${['less data', 'fewer steps', 'sparse signals', 'noisy labels', 'long context'][at % 5]}`,
  abstract: `We study ${TOPICS[at % 6]} where the usual assumptions do not hold, and show on ${3 + (at % 7)} benchmarks that a simple change to the objective is enough. The analysis explains why earlier work did not see it, and what it costs.`,
  authors: [NAMES[at % 5], NAMES[(at + 2) % 5]],
  keywords: [TOPICS[at % 6], TOPICS[(at + 1) % 6]],
  status: ['Poster', 'Oral', 'Reject', 'Spotlight'][at % 4],
  year: 2018 + (at % 7),
  rating_avg: 3 + (at % 13) / 2,
}))

export function comments(now: number): Comment[] {
  const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString()
  return [
    {
      _id: 'a1',
      id: 'c1',
      paperId: 'p0',
      kind: 'review',
      author: 'Reviewer 2',
      text: 'The claim in section 4 needs a comparison with the untuned baseline. Otherwise clear and well written.',
      rating: 6,
      createdAt: at(50),
    },
    {
      _id: 'a2',
      id: 'c2',
      paperId: 'p0',
      kind: 'reply',
      replyTo: 'c1',
      author: 'Ada Lindqvist',
      text: 'Added as table 3: the gain stays at 2.1 points.',
      createdAt: at(26),
    },
    {
      _id: 'a3',
      id: 'c3',
      paperId: 'p0',
      kind: 'remark',
      author: 'Jun Okafor',
      text: 'Is the code available?',
      createdAt: at(3),
    },
  ]
}

export function currentRun(
  now: number,
  state: CurrentRunView['state'],
  progress: readonly ProgressView[],
): CurrentRunView {
  const ended = state !== 'under way' && state !== 'stopping'
  return {
    runId: runIdOf(new Date(now)),
    datasets: ['papers', 'comments'],
    startedAt: new Date(now).toISOString(),
    endedAt: ended ? new Date(now + 4_000).toISOString() : null,
    state,
    exitCode: ended ? 0 : null,
    error: null,
    progress: [...progress],
  }
}
