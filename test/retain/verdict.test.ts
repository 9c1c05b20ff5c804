import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Contract } from '../../src/model/contract.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { verdictOf } from '../../src/retain/verdict.js'
import { manifestOf, temporaryLake } from '../catalog/lake-fixture.js'
import { text } from '../ports/object-store-suite.js'
import { runBefore, validated } from './retained-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const runId = runBefore(1)
const run = manifestOf(runId, { documents: 3 })

it('is that of the gate, and none where nobody has validated the run or the result is damaged', async () => {
  expect(await verdictOf(lake, run, {})).toEqual({ verdict: undefined, references: [] })
  const references = [{ dataset: 'authors', runId }]
  for (const [status, verdict] of [
    ['pass', 'good'],
    ['warn', 'good'],
    ['fail', 'bad'],
  ] as const) {
    await validated(lake, 'papers', runId, status, references)
    expect(await verdictOf(lake, run, {})).toEqual({ verdict, references })
  }
  await lake.put(lakeKey.report('papers', runId, 'result.json'), text('{"version": 2}'))
  expect(await verdictOf(lake, run, {})).toEqual({ verdict: undefined, references: [] })
})

it('is bad where documents were rejected or there are none, unless that is allowed', async () => {
  await validated(lake, 'papers', runId, 'pass')
  const rejecting = { ...run, rejects: { documents: 1, keys: ['a'] } }
  expect(await verdictOf(lake, rejecting, {})).toMatchObject({ verdict: 'bad' })
  expect(await verdictOf(lake, rejecting, { allowedRejects: 1 })).toMatchObject({ verdict: 'good' })

  const empty = { ...run, documents: 0 }
  const none = { id: 'n', kind: 'rowCount', severity: 'error', message: 'm', threshold: 1, min: 0 } as const
  const contract: Pick<Contract, 'rules' | 'fingerprint'> = { rules: [none], fingerprint: '0'.repeat(64) }
  expect(await verdictOf(lake, empty, {})).toMatchObject({ verdict: 'bad' })
  expect(await verdictOf(lake, empty, { contract })).toMatchObject({ verdict: 'good' })
  // Today's contract says nothing of what the run was held to.
  expect(await verdictOf(lake, empty, { contract: { ...contract, fingerprint: '1' } })).toMatchObject({
    verdict: 'bad',
  })
})
