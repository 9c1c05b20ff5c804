import type { FromSchema } from 'json-schema-to-ts'
import type { CONTRACT_VERSION } from './pipeline-shapes.js'

/** What a run exported, and of what: its manifest in short. `at`: of a snapshot; `reason`: where there is no promise. */
export const RUN_MANIFEST = {
  $id: 'RunManifest',
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
      properties: { documents: { type: 'integer' }, objects: { type: 'integer' } },
    },
    columns: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'type'],
        additionalProperties: false,
        properties: { name: { type: 'string' }, type: { type: 'string' } },
      },
    },
    contract: { anyOf: [{ type: 'null' }, { $ref: 'ContractVersion' }] },
    tool: { type: 'string' },
  },
} as const
export type RunManifestView = FromSchema<typeof RUN_MANIFEST, { references: [typeof CONTRACT_VERSION] }>
