/** What the pipeline's routes take beside a body, and the bodies. Times are RFC 3339, UTC. */

export const DATASET_PARAMS = {
  type: 'object',
  required: ['dataset'],
  properties: { dataset: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' } },
} as const

export const RUN_PARAMS = {
  type: 'object',
  required: ['dataset', 'runId'],
  properties: {
    dataset: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
    runId: {
      type: 'string',
      pattern: '^\\d{8}T\\d{6}\\.\\d{3}Z-[0-9a-f]{6}$',
      description: 'Such as 20261122T020000.000Z-1a2b3c',
    },
  },
} as const

/** `GET /api/pipeline/runs/:dataset/:key` */
export const RUN_KEY_PARAMS = {
  type: 'object',
  required: ['dataset', 'key'],
  properties: {
    dataset: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
    key: {
      type: 'string',
      pattern: '^\\d{8}T\\d{6}\\.\\d{3}Z(-[0-9a-f]{6})?$',
      description: 'A run id, or of an attempt without one when it began: 20261122T020000.123Z',
    },
  },
} as const

export const PART_PARAMS = {
  type: 'object',
  required: ['dataset', 'runId', '*'],
  properties: {
    dataset: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
    runId: {
      type: 'string',
      pattern: '^\\d{8}T\\d{6}\\.\\d{3}Z-[0-9a-f]{6}$',
      description: 'Such as 20261122T020000.000Z-1a2b3c',
    },
    '*': { type: 'string', minLength: 1, maxLength: 1024, description: 'As `path` of the list of parts has it' },
  },
} as const

/** `GET /api/pipeline/runs` */
export const RUN_LIST_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    dataset: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
      description: 'Of this one only',
    },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    before: {
      type: 'string',
      minLength: 1,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      maxLength: 100,
      description: '`next` of the page before, or a run id: only what is older',
    },
  },
} as const

/** `GET /api/pipeline/runs/:dataset/:runId/violations` */
export const VIOLATION_LIST_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    rule: { type: 'string', minLength: 1, maxLength: 500, description: 'Id of a rule: of it only' },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    cursor: { type: 'string', minLength: 1, maxLength: 500, description: '`next` of the page before' },
  },
} as const

/** `GET /api/pipeline/history` */
export const HISTORY_QUERY = {
  type: 'object',
  additionalProperties: false,
  required: ['dataset'],
  properties: {
    dataset: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
    limit: { type: 'integer', minimum: 1, maximum: 60, default: 60 },
  },
} as const

/** `GET /api/pipeline/alerts` */
export const ALERT_LIST_QUERY = {
  type: 'object',
  additionalProperties: false,
  properties: { all: { type: 'boolean', default: false, description: 'Also the last ones that are over' } },
} as const

export const ALERT_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[0-9a-f]{1,8}$', description: 'Or its first digits' } },
} as const

export const SILENCE_PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[0-9a-f]{8}$' } },
} as const

/** `POST /api/pipeline/runs` */
export const START_RUN = {
  $id: 'StartRun',
  type: 'object',
  additionalProperties: false,
  properties: {
    datasets: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
      description: 'All when left out',
    },
  },
} as const

/** `POST /api/pipeline/alerts/:id/ack` */
export const ACKNOWLEDGE = {
  $id: 'Acknowledge',
  type: 'object',
  additionalProperties: false,
  properties: {
    note: { type: 'string', minLength: 1, pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 1000 },
    by: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      description: 'Who has it',
    },
  },
} as const

/** `POST /api/pipeline/silences` */
export const ADD_SILENCE = {
  $id: 'AddSilence',
  type: 'object',
  additionalProperties: false,
  required: ['reason'],
  properties: {
    datasets: {
      type: 'array',
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' },
      description: 'Everything when left out',
    },
    kind: { type: 'string', maxLength: 20, description: 'Of alerts; every kind when left out' },
    from: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)$',
      description: 'Now when left out',
    },
    until: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?(Z|[+-]\\d\\d:\\d\\d)$',
      description: 'RFC 3339, with its zone',
    },
    for: {
      type: 'string',
      pattern: '^[1-9]\\d{0,8}[smhdw]$',
      description: 'In the place of `until`: 90s, 45m, 2h, 7d',
    },
    reason: { type: 'string', minLength: 1, maxLength: 1000, pattern: '\\S' },
    by: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]+$' },
  },
} as const

/** `GET /api/pipeline/events` takes nothing, and neither do most. */
export const NOTHING = { type: 'object', additionalProperties: false, properties: {} } as const
