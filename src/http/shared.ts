import { COMMENT, COMMENT_PATCH, COMMENT_WRITE, PAPER, PAPER_PATCH, PAPER_REPLACE, PAPER_WRITE } from './papers.js'
import { PIPELINE_SCHEMAS } from './pipeline-schemas.js'
import { PROBLEM } from './problem.js'

/** Schemas that routes refer to by their names, `{$ref: 'Paper#'}`. */
export const SHARED_SCHEMAS: readonly { readonly $id: string }[] = [
  PROBLEM,
  PAPER,
  PAPER_WRITE,
  PAPER_REPLACE,
  PAPER_PATCH,
  COMMENT,
  COMMENT_WRITE,
  COMMENT_PATCH,
  ...PIPELINE_SCHEMAS,
]
