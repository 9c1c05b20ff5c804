import type { FromSchema } from 'json-schema-to-ts'
import type { ALERT, PROGRESS, RULE, RUN, VIOLATION } from './pipeline.js'

/** Answers of the pipeline's routes beside those of `pipeline.ts`. */

/** `GET /api/pipeline/runs` */
export const RUN_PAGE = {
  $id: 'RunPage',
  type: 'object',
  required: ['runs', 'next'],
  additionalProperties: false,
  properties: {
    runs: { type: 'array', items: { $ref: 'Run' } },
    next: { type: ['string', 'null'], description: 'Of the next page; null on the last one' },
  },
} as const
export type RunPage = FromSchema<typeof RUN_PAGE, { references: [typeof RUN] }>

/** `GET /api/pipeline/runs/:dataset/:runId`. `manifest`: null as long as it is not committed; `result`, `execution`, `gate`: null as long as it is not validated. */
export const RUN_DETAIL = {
  $id: 'RunDetail',
  type: 'object',
  required: ['run', 'manifest', 'result', 'execution', 'gate', 'attempts'],
  additionalProperties: false,
  properties: {
    run: { $ref: 'Run' },
    manifest: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['source', 'guarantee', 'digest', 'formats', 'rejects', 'columns', 'contract', 'tool'],
          additionalProperties: false,
          properties: {
            source: {
              type: 'object',
              required: ['server', 'database', 'collection', 'filter'],
              additionalProperties: false,
              properties: {
                server: { type: 'string' },
                database: { type: 'string' },
                collection: { type: 'string' },
                filter: { type: ['string', 'null'] },
              },
            },
            guarantee: {
              type: 'object',
              required: ['kind', 'at', 'reason'],
              additionalProperties: false,
              properties: {
                kind: { type: 'string' },
                at: { type: ['string', 'null'] },
                reason: { type: ['string', 'null'] },
              },
            },
            digest: { type: 'string' },
            formats: {
              type: 'array',
              items: {
                type: 'object',
                required: ['format', 'parts', 'documents', 'bytes'],
                additionalProperties: false,
                properties: {
                  format: { type: 'string' },
                  parts: { type: 'integer' },
                  documents: { type: 'integer' },
                  bytes: { type: 'integer' },
                },
              },
            },
            rejects: {
              type: 'object',
              required: ['documents', 'objects'],
              additionalProperties: false,
              properties: {
                documents: { type: 'integer' },
                objects: { type: 'integer' },
              },
            },
            columns: {
              type: 'array',
              items: {
                type: 'object',
                required: ['name', 'type'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  type: { type: 'string' },
                },
              },
            },
            contract: {
              anyOf: [
                { type: 'null' },
                {
                  type: 'object',
                  required: ['id', 'version', 'fingerprint'],
                  additionalProperties: false,
                  properties: {
                    id: { type: 'string' },
                    version: { type: 'string' },
                    fingerprint: { type: 'string' },
                  },
                },
              ],
            },
            tool: { type: 'string' },
          },
        },
      ],
    },
    result: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['status', 'documents', 'failingDocuments', 'violations', 'contract'],
          additionalProperties: false,
          properties: {
            status: { type: 'string' },
            documents: { type: 'integer' },
            failingDocuments: {
              type: 'object',
              required: ['error', 'any'],
              additionalProperties: false,
              properties: {
                error: { type: 'integer' },
                any: { type: 'integer' },
              },
            },
            violations: { type: 'integer' },
            contract: {
              type: 'object',
              required: ['id', 'version', 'fingerprint'],
              additionalProperties: false,
              properties: {
                id: { type: 'string' },
                version: { type: 'string' },
                fingerprint: { type: 'string' },
              },
            },
          },
        },
      ],
    },
    execution: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['engine', 'engineVersion', 'tool', 'startedAt', 'seconds'],
          additionalProperties: false,
          properties: {
            engine: { type: 'string' },
            engineVersion: { type: 'string' },
            tool: { type: 'string' },
            startedAt: { type: 'string' },
            seconds: { type: 'number' },
          },
        },
      ],
    },
    gate: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['outcome', 'reasons'],
          additionalProperties: false,
          properties: {
            outcome: { type: 'string' },
            reasons: {
              type: 'array',
              items: {
                type: 'object',
                required: ['outcome', 'reason', 'next'],
                additionalProperties: false,
                properties: {
                  outcome: { type: 'string' },
                  reason: { type: 'string' },
                  next: { type: 'string' },
                },
              },
            },
          },
        },
      ],
    },
    attempts: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'began',
          'ended',
          'outcome',
          'documents',
          'bytes',
          'exportSeconds',
          'validationSeconds',
          'violated',
          'error',
        ],
        additionalProperties: false,
        properties: {
          began: { type: 'string' },
          ended: { type: ['string', 'null'] },
          outcome: { type: 'string' },
          documents: { type: ['integer', 'null'] },
          bytes: { type: ['integer', 'null'] },
          exportSeconds: { type: ['number', 'null'] },
          validationSeconds: { type: ['number', 'null'] },
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
      },
    },
  },
} as const
export type RunDetail = FromSchema<typeof RUN_DETAIL, { references: [typeof RUN] }>

/** `GET /api/pipeline/runs/:dataset/:runId/result` */
export const RESULT = {
  $id: 'Result',
  type: 'object',
  required: ['dataset', 'runId', 'status', 'documents', 'failingDocuments', 'violations', 'contract', 'rules'],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    runId: { type: 'string' },
    status: { type: 'string' },
    documents: { type: 'integer' },
    failingDocuments: {
      type: 'object',
      required: ['error', 'any'],
      additionalProperties: false,
      properties: {
        error: { type: 'integer' },
        any: { type: 'integer' },
      },
    },
    violations: { type: 'integer' },
    contract: {
      type: 'object',
      required: ['id', 'version', 'fingerprint'],
      additionalProperties: false,
      properties: {
        id: { type: 'string' },
        version: { type: 'string' },
        fingerprint: { type: 'string' },
      },
    },
    rules: { type: 'array', items: { $ref: 'Rule' } },
  },
} as const
export type ResultView = FromSchema<typeof RESULT, { references: [typeof RULE] }>

/** `GET /api/pipeline/runs/:dataset/:runId/violations`. `total`: of the rule, where one was asked for. */
export const VIOLATION_PAGE = {
  $id: 'ViolationPage',
  type: 'object',
  required: ['violations', 'total', 'next'],
  additionalProperties: false,
  properties: {
    violations: { type: 'array', items: { $ref: 'Violation' } },
    total: { type: 'integer' },
    next: { type: ['string', 'null'], description: 'Of the next page; null on the last one' },
  },
} as const
export type ViolationPage = FromSchema<typeof VIOLATION_PAGE, { references: [typeof VIOLATION] }>

/** `GET /api/pipeline/runs/:dataset/:runId/anomalies`, as on the lake */
export const ANOMALIES = {
  $id: 'Anomalies',
  type: 'object',
  required: ['version', 'dataset', 'runId', 'status', 'runs', 'runsNeeded', 'anomalies'],
  additionalProperties: false,
  properties: {
    version: { type: 'integer' },
    dataset: { type: 'string' },
    runId: { type: 'string' },
    status: { type: 'string' },
    runs: { type: 'integer' },
    runsNeeded: { type: 'integer' },
    anomalies: {
      type: 'array',
      items: {
        type: 'object',
        required: ['column', 'measure', 'value', 'expected', 'low', 'high', 'z', 'history'],
        additionalProperties: false,
        properties: {
          column: { type: 'string' },
          measure: { type: 'string' },
          value: { type: 'number' },
          expected: { type: 'number' },
          low: { type: 'number' },
          high: { type: 'number' },
          z: { type: 'number' },
          history: {
            type: 'array',
            items: {
              type: 'object',
              required: ['runId', 'value'],
              additionalProperties: false,
              properties: {
                runId: { type: 'string' },
                value: { type: 'number' },
              },
            },
          },
        },
      },
    },
  },
} as const
export type AnomaliesView = FromSchema<typeof ANOMALIES>

/** `GET /api/pipeline/runs/:dataset/:runId/certificate` */
export const CERTIFICATE = {
  $id: 'Certificate',
  type: 'object',
  required: ['title', 'statement', 'figures', 'facts', 'digests', 'formats', 'manifest', 'checks', 'caution'],
  additionalProperties: false,
  properties: {
    title: { type: 'string' },
    statement: { type: 'string' },
    figures: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'value'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          value: { type: 'string' },
        },
      },
    },
    facts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'text'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          text: { type: 'string' },
          literal: { type: 'string' },
        },
      },
    },
    digests: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'digest'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          digest: { type: 'string' },
        },
      },
    },
    formats: {
      type: 'array',
      items: {
        type: 'object',
        required: ['format', 'parts', 'documents', 'size'],
        additionalProperties: false,
        properties: {
          format: { type: 'string' },
          parts: { type: 'string' },
          documents: { type: 'string' },
          size: { type: 'string' },
        },
      },
    },
    manifest: {
      type: 'object',
      required: ['key', 'sha256'],
      additionalProperties: false,
      properties: {
        key: { type: 'string' },
        sha256: { type: 'string' },
      },
    },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['text', 'literal'],
        additionalProperties: false,
        properties: {
          text: { type: 'string' },
          literal: { type: 'string' },
        },
      },
    },
    caution: { type: 'string' },
  },
} as const
export type CertificateView = FromSchema<typeof CERTIFICATE>

/** `GET /api/pipeline/runs/:dataset/:runId/parts`. `path`: below this address, to download it. */
export const PARTS = {
  $id: 'Parts',
  type: 'object',
  required: ['parts'],
  additionalProperties: false,
  properties: {
    parts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'format', 'documents', 'bytes', 'sha256'],
        additionalProperties: false,
        properties: {
          path: { type: 'string' },
          format: { type: 'string' },
          documents: { type: 'integer' },
          bytes: { type: 'integer' },
          sha256: { type: 'string' },
        },
      },
    },
  },
} as const
export type PartsView = FromSchema<typeof PARTS>

/** `GET /api/pipeline/history?dataset=`, the newest last */
export const HISTORY = {
  $id: 'History',
  type: 'object',
  required: ['dataset', 'attempts'],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    attempts: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'runId',
          'began',
          'outcome',
          'documents',
          'bytes',
          'exportSeconds',
          'validationSeconds',
          'violated',
          'error',
        ],
        additionalProperties: false,
        properties: {
          runId: { type: ['string', 'null'] },
          began: { type: 'string' },
          outcome: { type: ['string', 'null'] },
          documents: { type: ['integer', 'null'] },
          bytes: { type: ['integer', 'null'] },
          exportSeconds: { type: ['number', 'null'] },
          validationSeconds: { type: ['number', 'null'] },
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
      },
    },
  },
} as const
export type HistoryView = FromSchema<typeof HISTORY>

/** `GET /api/pipeline/contracts/:dataset`. `source`: the text of its file. */
export const CONTRACT = {
  $id: 'Contract',
  type: 'object',
  required: [
    'dataset',
    'id',
    'version',
    'name',
    'description',
    'fingerprint',
    'freshnessSeconds',
    'keyColumns',
    'columns',
    'rules',
    'source',
  ],
  additionalProperties: false,
  properties: {
    dataset: { type: 'string' },
    id: { type: 'string' },
    version: { type: 'string' },
    name: { type: 'string' },
    description: { type: ['string', 'null'] },
    fingerprint: { type: 'string' },
    freshnessSeconds: { type: ['number', 'null'] },
    keyColumns: { type: 'array', items: { type: 'string' } },
    columns: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'type', 'note'],
        additionalProperties: false,
        properties: {
          name: { type: 'string' },
          type: { type: 'string' },
          note: { type: ['string', 'null'] },
        },
      },
    },
    rules: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'kind', 'column', 'severity', 'message', 'description', 'threshold', 'expects'],
        additionalProperties: false,
        properties: {
          id: { type: 'string' },
          kind: { type: 'string' },
          column: { type: 'string' },
          severity: { type: 'string' },
          message: { type: 'string' },
          description: { type: ['string', 'null'] },
          threshold: { type: 'number' },
          expects: { type: 'string' },
        },
      },
    },
    source: { type: ['string', 'null'] },
  },
} as const
export type ContractView = FromSchema<typeof CONTRACT>

/** A run that `POST /api/pipeline/runs` started: the one under way, or the last one; `event: run` of the events tells it, too. */
export const CURRENT_RUN = {
  $id: 'CurrentRun',
  type: 'object',
  required: ['runId', 'datasets', 'startedAt', 'endedAt', 'state', 'exitCode', 'error', 'progress'],
  additionalProperties: false,
  properties: {
    runId: { type: 'string' },
    datasets: { type: 'array', items: { type: 'string' } },
    startedAt: { type: 'string' },
    endedAt: { type: ['string', 'null'] },
    state: { type: 'string', enum: ['under way', 'stopping', 'finished', 'failed', 'stopped'] },
    exitCode: { type: ['integer', 'null'] },
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
    progress: { type: 'array', items: { $ref: 'Progress' } },
  },
} as const
export type CurrentRunView = FromSchema<typeof CURRENT_RUN, { references: [typeof PROGRESS] }>

/** `GET /api/pipeline/runs/current` */
export const CURRENT = {
  $id: 'Current',
  type: 'object',
  required: ['run'],
  additionalProperties: false,
  properties: {
    run: { anyOf: [{ type: 'null' }, { $ref: 'CurrentRun' }] },
  },
} as const
export type CurrentView = FromSchema<typeof CURRENT, { references: [typeof CURRENT_RUN, typeof PROGRESS] }>

/** A silence of alerts. `datasets`: everything when empty; `from` inclusive, `until` exclusive. */
export const SILENCE = {
  $id: 'Silence',
  type: 'object',
  required: ['id', 'datasets', 'kind', 'from', 'until', 'reason', 'by'],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    datasets: { type: 'array', items: { type: 'string' } },
    kind: { type: ['string', 'null'] },
    from: { type: 'string' },
    until: { type: 'string' },
    reason: { type: 'string' },
    by: { type: 'string' },
  },
} as const
export type SilenceView = FromSchema<typeof SILENCE>

/** `GET /api/pipeline/alerts`. `at`: of the last pass of the monitor that changed them. */
export const ALERT_LIST = {
  $id: 'AlertList',
  type: 'object',
  required: ['at', 'alerts', 'silences'],
  additionalProperties: false,
  properties: {
    at: { type: ['string', 'null'] },
    alerts: { type: 'array', items: { $ref: 'Alert' } },
    silences: { type: 'array', items: { $ref: 'Silence' } },
  },
} as const
export type AlertList = FromSchema<typeof ALERT_LIST, { references: [typeof ALERT, typeof SILENCE] }>

/** What `$ref` finds by its name. */
export const PIPELINE_VIEWS: readonly { readonly $id: string }[] = [
  RUN_PAGE,
  RUN_DETAIL,
  RESULT,
  VIOLATION_PAGE,
  ANOMALIES,
  CERTIFICATE,
  PARTS,
  HISTORY,
  CONTRACT,
  CURRENT_RUN,
  CURRENT,
  SILENCE,
  ALERT_LIST,
]
