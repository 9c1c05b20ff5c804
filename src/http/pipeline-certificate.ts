import type { FromSchema } from 'json-schema-to-ts'

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
