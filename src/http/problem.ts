import type { FromSchema } from 'json-schema-to-ts'

/**
 * Problem details, RFC 9457: the body of every answer that is an error. `code` and `hint`: of the error table, where it is
 * one of it. `requestId`: the same is in the log and in X-Request-Id. `errors`: of a request that breaks its schema, each
 * place and what is wanted there.
 */
export const PROBLEM = {
  $id: 'Problem',
  type: 'object',
  required: ['type', 'title', 'status'],
  additionalProperties: false,
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    hint: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        additionalProperties: false,
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
} as const
export type Problem = FromSchema<typeof PROBLEM>
