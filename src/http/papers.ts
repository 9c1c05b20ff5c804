import type { FromSchema } from 'json-schema-to-ts'

/**
 * The HTTP contract of the application, written once: Fastify validates by these schemas (JSON Schema draft 7), the OpenAPI
 * document is made of them, and types, the dashboard's too, are derived from them.
 */

/** What a client sends of a paper. Fields of its own are kept as they are. */
export const PAPER_WRITE = {
  $id: 'PaperWrite',
  type: 'object',
  required: ['title'],
  additionalProperties: true,
  properties: {
    id: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      description: 'Ours, of ten letters and digits, if left out',
    },
    title: { type: 'string', minLength: 1, maxLength: 1000 },
    abstract: { type: 'string', maxLength: 20_000 },
    authors: { type: 'array', maxItems: 500, items: { type: 'string', minLength: 1, maxLength: 200 } },
    keywords: { type: 'array', maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 200 } },
    status: { type: 'string', maxLength: 100 },
    track: { type: 'string', maxLength: 100 },
    tldr: { type: 'string', maxLength: 2_000 },
    year: { type: 'integer', minimum: 1900, maximum: 2200 },
    rating_avg: { type: 'number' },
  },
} as const
export type PaperWrite = FromSchema<typeof PAPER_WRITE>

/** A schema that no types are made of. */
export type NamedSchema = { readonly $id: string } & Readonly<Record<string, unknown>>

const LIST_OR_TEXT = {
  anyOf: [
    { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 200 } },
    { type: 'string', maxLength: 20_000 },
  ],
} as const

/** What takes a paper's place: older papers have authors and keywords in one text with `;` between, and may keep them so. */
export const PAPER_REPLACE: NamedSchema = {
  $id: 'PaperReplace',
  type: 'object',
  required: ['title'],
  additionalProperties: true,
  properties: {
    _id: { type: 'string', description: 'The one that it has' },
    id: { type: 'string', description: 'The one that it has' },
    title: { type: 'string', minLength: 1, maxLength: 1000 },
    abstract: { type: 'string', maxLength: 20_000 },
    authors: LIST_OR_TEXT,
    keywords: LIST_OR_TEXT,
    status: { type: 'string', maxLength: 100 },
    track: { type: 'string', maxLength: 100 },
    tldr: { type: 'string', maxLength: 2_000 },
    year: { type: 'integer', minimum: 1900, maximum: 2200 },
    rating_avg: { type: 'number' },
  },
}

/** JSON Merge Patch: null takes a field away. */
export const PAPER_PATCH: NamedSchema = {
  $id: 'PaperPatch',
  type: 'object',
  additionalProperties: true,
  properties: {
    _id: { type: 'string', description: 'The one that it has' },
    id: { type: 'string', description: 'The one that it has' },
    title: { type: 'string', minLength: 1, maxLength: 1000 },
    abstract: { type: ['string', 'null'], maxLength: 20_000 },
    authors: { anyOf: [...LIST_OR_TEXT.anyOf, { type: 'null' }] },
    keywords: { anyOf: [...LIST_OR_TEXT.anyOf, { type: 'null' }] },
    status: { type: ['string', 'null'], maxLength: 100 },
    track: { type: ['string', 'null'], maxLength: 100 },
    tldr: { type: ['string', 'null'], maxLength: 2_000 },
    year: { type: ['integer', 'null'], minimum: 1900, maximum: 2200 },
    rating_avg: { type: ['number', 'null'] },
  },
}

/** As it comes out: whatever the document has. */
export const PAPER = {
  $id: 'Paper',
  type: 'object',
  required: ['_id'],
  additionalProperties: true,
  properties: { _id: { type: 'string' }, id: { type: 'string' } },
} as const
export type Paper = FromSchema<typeof PAPER>

export const COMMENT_WRITE = {
  $id: 'CommentWrite',
  type: 'object',
  required: ['paperId', 'author', 'text'],
  additionalProperties: false,
  properties: {
    paperId: { type: 'string', minLength: 1, maxLength: 64 },
    replyTo: { type: 'string', minLength: 1, maxLength: 64 },
    kind: { type: 'string', enum: ['review', 'reply', 'remark'] },
    author: { type: 'string', minLength: 1, maxLength: 200 },
    text: { type: 'string', minLength: 1, maxLength: 4_000 },
    rating: { type: 'integer', minimum: 1, maximum: 10 },
  },
} as const
export type CommentWrite = FromSchema<typeof COMMENT_WRITE>

export const COMMENT_PATCH = {
  $id: 'CommentPatch',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    author: { type: 'string', minLength: 1, maxLength: 200 },
    text: { type: 'string', minLength: 1, maxLength: 4_000 },
    rating: { type: ['integer', 'null'], minimum: 1, maximum: 10 },
  },
} as const
export type CommentPatch = FromSchema<typeof COMMENT_PATCH>

/**
 * As it comes out: whatever the document has. Those that were written here have every field that a comment needs; those that
 * came into the collection by other ways may lack some, or have them of another type.
 */
export const COMMENT = {
  $id: 'Comment',
  type: 'object',
  required: ['_id'],
  additionalProperties: true,
  properties: {
    _id: { type: 'string' },
    id: { type: 'string' },
    paperId: { type: 'string' },
    replyTo: { type: 'string' },
    kind: { type: 'string' },
    author: { type: ['string', 'null'] },
    text: { type: ['string', 'null'] },
    rating: { type: ['integer', 'string'] },
    createdAt: { type: 'string', description: 'RFC 3339, UTC' },
    removedAt: {
      type: 'string',
      description: 'Of one that was removed and has replies: text and author are [removed]',
    },
  },
} as const
export type Comment = FromSchema<typeof COMMENT>
