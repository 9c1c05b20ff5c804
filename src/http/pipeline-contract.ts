import type { FromSchema } from 'json-schema-to-ts'

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
