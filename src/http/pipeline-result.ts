import type { FromSchema } from 'json-schema-to-ts'
import type { CONTRACT_VERSION, FAILING_DOCUMENTS } from './pipeline-shapes.js'

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
    failingDocuments: { $ref: 'FailingDocuments' },
    violations: { type: 'integer' },
    contract: { $ref: 'ContractVersion' },
    rules: { type: 'array', items: { $ref: 'Rule' } },
  },
} as const
export type ResultView = FromSchema<
  typeof RESULT,
  { references: [typeof RULE, typeof CONTRACT_VERSION, typeof FAILING_DOCUMENTS] }
>

/** A line of `GET /api/pipeline/runs/:dataset/:runId/violations?rule=&limit=&cursor=`: `_id` and `value` as on the lake. */
export const VIOLATION = {
  $id: 'Violation',
  type: 'object',
  required: ['_id', 'rule', 'column', 'value', 'reason'],
  additionalProperties: true,
  properties: { _id: {}, rule: { type: 'string' }, column: { type: 'string' }, value: {}, reason: { type: 'string' } },
} as const
export type ViolationView = FromSchema<typeof VIOLATION>

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
