/** In which documents of a collection are asked for: by `_id`, or as it is quickest. */
export type ReadOrder = 'any' | 'id'
