import type { FromSchema } from 'json-schema-to-ts'

/** The HTTP contract of the pipeline's routes, `/api/pipeline/*`: what the dashboard shows. Times are RFC 3339, UTC. */

/** `GET /api/pipeline/status`: the answer to "is last night's export good?". `outcome`: `good`, `stale`, `partial`, `empty`, `bad`; null as long as it was not validated. `underWay`: the run id of an export at work. */
export const STATUS = {
  $id: 'Status',
  type: 'object',
  required: ['at', 'lake', 'datasets', 'checks', 'openAlerts'],
  additionalProperties: false,
  properties: {
    at: { type: 'string' },
    lake: { type: 'string' },
    datasets: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'dataset',
          'state',
          'ageSeconds',
          'promiseSeconds',
          'runId',
          'asOf',
          'documents',
          'outcome',
          'reasons',
          'problem',
          'underWay',
        ],
        additionalProperties: false,
        properties: {
          dataset: { type: 'string' },
          state: { type: 'string', enum: ['fresh', 'stale', 'none', 'unknown'] },
          ageSeconds: { type: ['number', 'null'] },
          promiseSeconds: { type: 'number' },
          runId: { type: ['string', 'null'] },
          asOf: { type: ['string', 'null'] },
          documents: { type: ['integer', 'null'] },
          outcome: { type: ['string', 'null'] },
          reasons: {
            type: 'array',
            items: {
              type: 'object',
              required: ['outcome', 'reason', 'next'],
              additionalProperties: false,
              properties: { outcome: { type: 'string' }, reason: { type: 'string' }, next: { type: 'string' } },
            },
          },
          problem: { type: ['string', 'null'] },
          underWay: { type: ['string', 'null'] },
        },
      },
    },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kind', 'subject', 'state', 'severity', 'promised', 'seen', 'since', 'look'],
        additionalProperties: false,
        properties: {
          kind: { type: 'string' },
          subject: { type: 'string' },
          state: { type: 'string', enum: ['fine', 'wrong', 'none', 'unknown'] },
          severity: { type: 'string', enum: ['critical', 'warning'] },
          promised: { type: 'string' },
          seen: { type: 'string' },
          since: { type: ['string', 'null'] },
          look: { type: 'string' },
        },
      },
    },
    openAlerts: { type: ['integer', 'null'], description: 'Null where their state cannot be read' },
  },
} as const
export type StatusView = FromSchema<typeof STATUS>

/** A line of `GET /api/pipeline/runs?dataset=&limit=&before=`, newest first. `runId`: null of an attempt that failed before it had one. */
export const RUN = {
  $id: 'Run',
  type: 'object',
  required: [
    'dataset',
    'runId',
    'state',
    'startedAt',
    'committedAt',
    'documents',
    'rejects',
    'bytes',
    'seconds',
    'outcome',
    'violated',
    'error',
  ],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    runId: { type: ['string', 'null'] },
    state: { type: 'string', enum: ['committed', 'under way', 'broken off', 'failed', 'set aside'] },
    startedAt: { type: ['string', 'null'] },
    committedAt: { type: ['string', 'null'] },
    documents: { type: ['integer', 'null'] },
    rejects: { type: ['integer', 'null'] },
    bytes: { type: ['integer', 'null'] },
    seconds: { type: ['number', 'null'] },
    outcome: { type: ['string', 'null'] },
    violated: { type: ['integer', 'null'] },
    error: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['code', 'message'],
          additionalProperties: false,
          properties: { code: { type: 'string' }, message: { type: 'string' } },
        },
      ],
    },
  },
} as const
export type RunView = FromSchema<typeof RUN>

/** What `GET /api/pipeline/events` (server-sent events, `event: progress`) tells of a run that `POST /api/pipeline/runs` started. */
export const PROGRESS = {
  $id: 'Progress',
  type: 'object',
  required: ['dataset', 'runId', 'step', 'documents', 'expected', 'bytes', 'at', 'outcome', 'error'],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    runId: { type: ['string', 'null'] },
    step: { type: 'string', enum: ['export', 'validation', 'finished', 'failed'] },
    documents: { type: 'integer' },
    expected: { type: 'integer' },
    bytes: { type: 'integer' },
    at: { type: 'string' },
    outcome: { type: ['string', 'null'] },
    error: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['code', 'message'],
          additionalProperties: false,
          properties: { code: { type: 'string' }, message: { type: 'string' } },
        },
      ],
    },
  },
} as const
export type ProgressView = FromSchema<typeof PROGRESS>

/** A rule of `GET /api/pipeline/runs/:dataset/:runId/result`. */
export const RULE = {
  $id: 'Rule',
  type: 'object',
  required: ['id', 'kind', 'column', 'severity', 'status', 'checked', 'violated', 'message'],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    kind: { type: 'string' },
    column: { type: 'string' },
    severity: { type: 'string' },
    status: { type: 'string' },
    checked: { type: 'integer' },
    violated: { type: 'integer' },
    message: { type: ['string', 'null'] },
    description: { type: 'string' },
    threshold: { type: 'number', description: 'Share of the documents that must keep it' },
    observed: { type: 'string', description: 'Of a rule about the data set: what was found' },
  },
} as const
export type RuleView = FromSchema<typeof RULE>

/** A line of `GET /api/pipeline/alerts`. */
export const ALERT = {
  $id: 'Alert',
  type: 'object',
  required: [
    'id',
    'kind',
    'severity',
    'title',
    'promised',
    'seen',
    'since',
    'resolvedAt',
    'acknowledged',
    'affected',
    'look',
  ],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    kind: { type: 'string' },
    severity: { type: 'string', enum: ['critical', 'warning'] },
    title: { type: 'string' },
    promised: { type: 'string' },
    seen: { type: 'string' },
    since: { type: 'string' },
    resolvedAt: { type: ['string', 'null'] },
    acknowledged: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['by', 'at', 'note'],
          additionalProperties: false,
          properties: { by: { type: 'string' }, at: { type: 'string' }, note: { type: ['string', 'null'] } },
        },
      ],
    },
    affected: { type: 'array', items: { type: 'string' } },
    look: { type: 'string' },
  },
} as const
export type AlertView = FromSchema<typeof ALERT>

/** A line of `GET /api/pipeline/runs/:dataset/:runId/violations?rule=&limit=&cursor=`: `_id` and `value` as on the lake. */
export const VIOLATION = {
  $id: 'Violation',
  type: 'object',
  required: ['_id', 'rule', 'column', 'value', 'reason'],
  additionalProperties: true,
  properties: { _id: {}, rule: { type: 'string' }, column: { type: 'string' }, value: {}, reason: { type: 'string' } },
} as const
export type ViolationView = FromSchema<typeof VIOLATION>
