import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { COMMENT, PAPER } from '../../src/http/papers.js'
import { ALERT_LIST } from '../../src/http/pipeline-alert.js'
import { HISTORY } from '../../src/http/pipeline-attempt.js'
import { CERTIFICATE, PARTS } from '../../src/http/pipeline-certificate.js'
import { CONTRACT } from '../../src/http/pipeline-contract.js'
import { CURRENT_RUN } from '../../src/http/pipeline-current.js'
import { ANOMALIES, RESULT, VIOLATION_PAGE } from '../../src/http/pipeline-result.js'
import { RUN_DETAIL, RUN_PAGE } from '../../src/http/pipeline-run.js'
import { STATUS } from '../../src/http/pipeline-status.js'
import { SHARED_SCHEMAS } from '../../src/http/shared.js'
import { alerts } from './bodies/alerts.js'
import { anomalies } from './bodies/anomalies.js'
import { CERTIFICATE as A_CERTIFICATE, PARTS as SOME_PARTS } from './bodies/certificate.js'
import { CONTRACT as A_CONTRACT } from './bodies/contract.js'
import { currentRun } from './bodies/current-run.js'
import { comments, PAPERS } from './bodies/papers.js'
import { result, VIOLATIONS } from './bodies/rules.js'
import { detail, history, runs } from './bodies/runs.js'
import { status } from './bodies/status.js'

const now = Date.parse('2026-11-22T08:00:00Z')
const [newest] = runs(now, 'papers')
const runId = newest!.runId!

/** What the dashboard is tested with would mean little if the server could not answer so. */
describe('the bodies that the dashboard is tested with', () => {
  const ajv = new Ajv({ strict: false })
  for (const schema of SHARED_SCHEMAS) ajv.addSchema(schema)
  const cases: readonly (readonly [{ readonly $id: string }, unknown])[] = [
    [STATUS, status(now)],
    [RUN_PAGE, { runs: [...runs(now, 'papers'), ...runs(now, 'comments')], next: null, problems: [] }],
    ...runs(now, 'papers').map(run => [RUN_DETAIL, detail(run)] as const),
    [RESULT, result('papers', runId, 1)],
    [VIOLATION_PAGE, { violations: VIOLATIONS, total: 46, next: null }],
    [ANOMALIES, anomalies(now, 'papers', runId)],
    [CERTIFICATE, A_CERTIFICATE],
    [PARTS, SOME_PARTS],
    [HISTORY, history(now, 'papers')],
    [CONTRACT, A_CONTRACT],
    [ALERT_LIST, alerts(now)],
    [CURRENT_RUN, currentRun(now, 'under way', [])],
    ...PAPERS.slice(0, 3).map(paper => [PAPER, paper] as const),
    ...comments(now).map(comment => [COMMENT, comment] as const),
  ]
  it.each(cases)('keep the schema $id', ({ $id }, body) => {
    ajv.validate($id, body)
    expect(ajv.errors ?? []).toEqual([])
  })
})
