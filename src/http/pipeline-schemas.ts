import { ALERT, ALERT_LIST, SILENCE } from './pipeline-alert.js'
import { ATTEMPT, HISTORY, PAST_RUN } from './pipeline-attempt.js'
import { CERTIFICATE, PARTS } from './pipeline-certificate.js'
import { CONTRACT } from './pipeline-contract.js'
import { CURRENT, CURRENT_RUN, PROGRESS } from './pipeline-current.js'
import { RUN_MANIFEST } from './pipeline-manifest.js'
import { ACKNOWLEDGE, ADD_SILENCE, START_RUN } from './pipeline-queries.js'
import { ANOMALIES, RESULT, RULE, VIOLATION, VIOLATION_PAGE } from './pipeline-result.js'
import { EXECUTION, GATE, RUN, RUN_DETAIL, RUN_PAGE, VERDICT } from './pipeline-run.js'
import { CONTRACT_VERSION, FAILING_DOCUMENTS, FAILURE, REASON } from './pipeline-shapes.js'
import { STATUS } from './pipeline-status.js'

/** Everything of the pipeline's routes that `$ref` finds by its name. */
export const PIPELINE_SCHEMAS: readonly { readonly $id: string }[] = [
  FAILURE,
  REASON,
  CONTRACT_VERSION,
  FAILING_DOCUMENTS,
  STATUS,
  RUN,
  RUN_PAGE,
  RUN_MANIFEST,
  VERDICT,
  EXECUTION,
  GATE,
  ATTEMPT,
  RUN_DETAIL,
  PAST_RUN,
  HISTORY,
  RULE,
  RESULT,
  VIOLATION,
  VIOLATION_PAGE,
  ANOMALIES,
  CERTIFICATE,
  PARTS,
  CONTRACT,
  PROGRESS,
  CURRENT_RUN,
  CURRENT,
  ALERT,
  SILENCE,
  ALERT_LIST,
  START_RUN,
  ACKNOWLEDGE,
  ADD_SILENCE,
]
