/**
 * Where the members of structs are in linear memory, in bytes: what JavaScript reads of those that `assembly/` has. Every
 * member is a word of four bytes, little-endian.
 */

/** `assembly/leaf.ts` */
export const LEAF = { length: 8, entries: 12, nulls: 16 } as const

/** `assembly/census-node.ts` on top of `assembly/field-name.ts` */
export const CENSUS_NODE = { name: 0, nameSize: 4, element: 32, child: 56, sibling: 60, counts: 64 } as const
/** Of {@link CENSUS_NODE}: by BSON type, 0xff in slot 0 and the others in that of their low five bits. */
export const COUNT_SLOTS = 32

/** `assembly/shred.ts`: what a document leaves for JavaScript to do. */
export const NOTE = { what: 0, column: 4, type: 8, name: 12, value: 16, end: 20, size: 24 } as const
export const NOTED = { toExtra: 0, toMisfit: 1, toColumn: 2, toId: 3 } as const

/** `assembly/column.ts`, beside the kinds of `src/bson/shred-node.ts`: a column whose values JavaScript writes. */
export const OUTSIDE_KIND = 12
