import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readExecution, readResult } from '../../src/catalog/read-result.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runAt, temporaryLake } from './lake-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

describe('a result', () => {
  it('of a run that was not validated is undefined, which is no pass', async () => {
    expect(await readResult(lake, 'papers', runAt(1))).toBeUndefined()
    expect(await readExecution(lake, 'papers', runAt(1))).toBeUndefined()
  })

  it('is read back', async () => {
    const result = { version: 1, dataset: 'papers', runId: runAt(1), status: 'pass', rules: [] }
    await lake.put(lakeKey.report('papers', runAt(1), 'result.json'), encodeJson(result))
    expect(await readResult(lake, 'papers', runAt(1))).toEqual(result)
  })

  it.each([
    ['text', 'no', 'what is not JSON'],
    ['null', 'null', 'null'],
    ['a later version', '{"version":2}', 'version 2'],
    [
      'of another run',
      `{"version":1,"dataset":"papers","runId":"${runAt(2)}","rules":[]}`,
      `one of run ${runAt(2)} of papers`,
    ],
  ])('that is %s is an error, never a pass', async (_, body, got) => {
    await lake.put(lakeKey.report('papers', runAt(1), 'result.json'), new TextEncoder().encode(body))
    await expect(readResult(lake, 'papers', runAt(1))).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { got },
    })
  })
})
