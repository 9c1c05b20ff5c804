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
import * as bodies from './bodies.js'

const now = Date.parse('2026-11-22T08:00:00Z')
const [newest] = bodies.runs(now, 'papers')
const runId = newest!.runId!

/** What the dashboard is tested with would mean little if the server could not answer so. */
describe('the bodies that the dashboard is tested with', () => {
  const ajv = new Ajv({ strict: false })
  for (const schema of SHARED_SCHEMAS) ajv.addSchema(schema)
  const cases: readonly (readonly [{ readonly $id: string }, unknown])[] = [
    [STATUS, bodies.status(now)],
    [RUN_PAGE, { runs: [...bodies.runs(now, 'papers'), ...bodies.runs(now, 'comments')], next: null, problems: [] }],
    ...bodies.runs(now, 'papers').map(run => [RUN_DETAIL, bodies.detail(run)] as const),
    [RESULT, bodies.result('papers', runId, 1)],
    [VIOLATION_PAGE, { violations: bodies.VIOLATIONS, total: 46, next: null }],
    [ANOMALIES, bodies.anomalies(now, 'papers', runId)],
    [CERTIFICATE, bodies.CERTIFICATE],
    [PARTS, bodies.PARTS],
    [HISTORY, bodies.history(now, 'papers')],
    [CONTRACT, bodies.CONTRACT],
    [ALERT_LIST, bodies.alerts(now)],
    [CURRENT_RUN, bodies.currentRun(now, 'under way', [])],
    ...bodies.PAPERS.slice(0, 3).map(paper => [PAPER, paper] as const),
    ...bodies.comments(now).map(comment => [COMMENT, comment] as const),
  ]
  it.each(cases)('keep the schema $id', ({ $id }, body) => {
    ajv.validate($id, body)
    expect(ajv.errors ?? []).toEqual([])
  })
})
