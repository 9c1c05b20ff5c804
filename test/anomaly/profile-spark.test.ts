import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { openSparkSubmit } from '../../src/adapters/spark/spark-submit-runner.js'
import { profileRun } from '../../src/anomaly/profile-run.js'
import { JOB_PROGRAM, openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { SMALL_SESSION, SPARK_TEST_MS, sparkSubmit } from '../support/spark.js'
import { type MadeRow, makeRun } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-profile-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const COLUMNS = [
  column('t', 'string'),
  column('n', 'int32'),
  column('big', 'int64'),
  column('x', 'double'),
  column('d', { kind: 'decimal', precision: 28, scale: 2 }),
  column('b', 'boolean'),
  column('at', 'timestamp'),
  column('s', { kind: 'struct', fields: [column('y.`z', 'int32'), column('lf_n0', 'double')] }),
  column('data', 'int32'),
]

const LONG = 'é'.repeat(70)
/** Whatever engines could see differently: equal and nearly equal texts, zeros with signs, what is no number, the ends of types. */
const ROWS: readonly MadeRow[] = [
  {
    _id: '1',
    t: LONG,
    n: -2147483648,
    big: '9223372036854775807',
    x: 0.1,
    d: '1.10',
    b: true,
    at: '1969-12-31T23:59:59.999Z',
  },
  {
    _id: '2',
    t: `${LONG}x`,
    n: 2147483647,
    big: '9223372036854775807',
    x: 0.2,
    d: '99999999999999999999999999.99',
    b: true,
  },
  { _id: '3', t: LONG, n: 1, big: '-9223372036854775808', x: 'nan', d: '-3.30', b: false, at: '1970-01-01T00:00:00Z' },
  { _id: '4', t: 'a', x: 'inf', s: { 'y.`z': 4, lf_n0: 1.5 }, data: 1 },
  { _id: '5', t: 'A', x: 1e300, s: {}, data: 2 },
  { _id: '6', t: 'a ', x: -0, s: { 'y.`z': 4 } },
  { _id: '7', t: '', x: 0, s: { lf_n0: 2.5 } },
  { _id: '8', x: 9_999_999_999_999_998 },
  { _id: '9', x: 1e16, at: '1970-01-01T00:00:00.000Z' },
]

describe('the profile of a run', () => {
  it('is the same from Spark as from DuckDB', { timeout: SPARK_TEST_MS }, async context => {
    const submit = await sparkSubmit(context)
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS.slice(0, 4), ROWS.slice(4)])
    const runner = openSparkSubmit({
      ...{ submit, master: 'local[1]', conf: SMALL_SESSION },
      ...{ lake: { url: lake.url }, program: JOB_PROGRAM },
    })
    const [duckdb, spark] = [await openDuckDb({ lake, threads: 2 }), openBatchEngine({ lake, runner })]
    try {
      const wanted = (await profileRun(duckdb, manifest)).profile()
      expect(wanted?.columns.find(({ column }) => column === 'x')).toMatchObject({ numbers: 5, distinct: 8 })
      expect((await profileRun(spark, manifest)).profile()).toEqual(wanted)
    } finally {
      await duckdb.close()
      await spark.close()
    }
  })
})
