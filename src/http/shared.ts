import { COMMENT, COMMENT_PATCH, COMMENT_WRITE, PAPER, PAPER_PATCH, PAPER_REPLACE, PAPER_WRITE } from './papers.js'
import { ALERT, PROGRESS, RULE, RUN, STATUS, VIOLATION } from './pipeline.js'
import { ACKNOWLEDGE, ADD_SILENCE, START_RUN } from './pipeline-queries.js'
import { PIPELINE_VIEWS } from './pipeline-views.js'
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
  STATUS,
  RUN,
  PROGRESS,
  RULE,
  VIOLATION,
  ALERT,
  START_RUN,
  ACKNOWLEDGE,
  ADD_SILENCE,
  ...PIPELINE_VIEWS,
]
