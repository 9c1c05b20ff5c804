/** JSON Schema, of what no types are made. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What the application's routes take beside a body. Texts may have no NUL, which no document is found by. */
const TEXT = { type: 'string', minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' }

const PAGE = {
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 50, description: 'Documents in a page' },
  offset: { type: 'integer', minimum: 0, maximum: 1_000_000, default: 0, description: 'Documents to leave out' },
  cursor: {
    type: 'string',
    maxLength: 4096,
    description:
      'Of the `next` link of a page: goes on right after it, whatever came and went since. Not with `offset`.',
  },
}

/** With bounds, since a text that is read as a number may be `Infinity`, which JSON has not. */
const RATING = { type: 'number', minimum: -1_000_000, maximum: 1_000_000 }

/** `GET /api/iclr` */
export const PAPER_LIST_QUERY: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...PAGE,
    q: { ...TEXT, description: 'Words: papers with any of them, best first (title, authors, keywords, abstract)' },
    year: { type: 'integer', minimum: 0, maximum: 9999 },
    status: TEXT,
    author: { ...TEXT, description: 'A whole name, upper and lower case alike' },
    keyword: { ...TEXT, description: 'A whole keyword, upper and lower case alike' },
    ratingMin: { ...RATING, description: 'Least mean rating, inclusive' },
    ratingMax: { ...RATING, description: 'Highest mean rating, inclusive' },
    sort: {
      type: 'string',
      pattern:
        '^-?(?:title|year|status|rating_avg|submittedAt|id)(?:,-?(?:title|year|status|rating_avg|submittedAt|id)){0,5}$',
      description: 'Fields with commas between; `-` for descending: `-rating_avg,title`',
    },
  },
}

/** `GET /api/iclr/:id/comments` */
export const COMMENT_LIST_QUERY: JsonSchema = { type: 'object', additionalProperties: false, properties: PAGE }

/** `GET /api/comments/events` */
export const EVENTS_QUERY: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { paperId: { ...TEXT, description: 'Of this paper only' } },
}

export const NO_QUERY: JsonSchema = { type: 'object', additionalProperties: false, properties: {} }

export const ID_PARAMS: JsonSchema = {
  type: 'object',
  required: ['id'],
  properties: { id: { ...TEXT, description: 'The public `id`, or the `_id` as 24 hex digits' } },
}

const ETAGS = { type: 'string', maxLength: 2_000 }
export const READ_HEADERS: JsonSchema = {
  type: 'object',
  properties: { 'if-none-match': { ...ETAGS, description: 'ETag of what is there already: 304 if it still holds' } },
}
export const WRITE_HEADERS: JsonSchema = {
  type: 'object',
  properties: { 'if-match': { ...ETAGS, description: 'ETag that it must still have, or `*`: else 412' } },
}
export const CREATE_HEADERS: JsonSchema = {
  type: 'object',
  properties: {
    'idempotency-key': {
      type: 'string',
      pattern: '^[\\x21-\\x7e]{1,255}$',
      description: 'The same key with the same body, within a day, makes nothing twice and has the same answer',
    },
  },
}
export const EVENTS_HEADERS: JsonSchema = {
  type: 'object',
  properties: { 'last-event-id': { type: 'string', maxLength: 2_000, description: 'The last event that was seen' } },
}
