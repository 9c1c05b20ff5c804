export const AGAINST = ['parts', 'source', 'both'] as const

/** What a run is held against: what is on the lake, where it came from, or one after the other. */
export type Against = (typeof AGAINST)[number]
