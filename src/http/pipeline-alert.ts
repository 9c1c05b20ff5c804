import type { FromSchema } from 'json-schema-to-ts'

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
