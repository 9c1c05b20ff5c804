import type { FromSchema } from 'json-schema-to-ts'

/** Shapes that several answers of the pipeline's routes have in them, each by its name: `{$ref: 'Failure'}`. */

/**
 * Why something did not come to its end. `code` and `message`: of docs/errors.md, the message with what was wanted and what
 * arrived. `hint`: the next step; null for a mistake in Lakeferry. `step`: null where it is not of one.
 */
export const FAILURE = {
  $id: 'Failure',
  type: 'object',
  required: ['code', 'message', 'hint', 'step'],
  additionalProperties: false,
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    hint: { type: ['string', 'null'] },
    step: { type: ['string', 'null'], enum: ['export', 'validation', null] },
  },
} as const
export type Failure = FromSchema<typeof FAILURE>

/** Why a run is not good, and what to do about it. */
export const REASON = {
  $id: 'Reason',
  type: 'object',
  required: ['outcome', 'reason', 'next'],
  additionalProperties: false,
  properties: { outcome: { type: 'string' }, reason: { type: 'string' }, next: { type: 'string' } },
} as const
export type Reason = FromSchema<typeof REASON>

/** Which contract something was held to. */
export const CONTRACT_VERSION = {
  $id: 'ContractVersion',
  type: 'object',
  required: ['id', 'version', 'fingerprint'],
  additionalProperties: false,
  properties: { id: { type: 'string' }, version: { type: 'string' }, fingerprint: { type: 'string' } },
} as const
export type ContractVersion = FromSchema<typeof CONTRACT_VERSION>

/** Documents that break a rule: one whose severity is `error`, or `any`. */
export const FAILING_DOCUMENTS = {
  $id: 'FailingDocuments',
  type: 'object',
  required: ['error', 'any'],
  additionalProperties: false,
  properties: { error: { type: 'integer' }, any: { type: 'integer' } },
} as const
