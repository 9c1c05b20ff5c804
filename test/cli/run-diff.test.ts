import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document } from 'bson'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeRun } from '../ask/made-runs.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let cwd: string
let remove: () => Promise<void>
beforeAll(async () => {
  const temporary = await temporaryLake()
  const { lake, root } = temporary
  remove = temporary.remove
  cwd = join(root, '.lakeferry', 'work')
  await mkdir(cwd, { recursive: true })
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:${root}"}\ndatasets: {papers: {collection: papers}, fresh: {collection: fresh}}\n`,
  )
  const papers = (count: number): Document[] =>
    Array.from({ length: count }, (_, n) => ({ _id: `p${n}`, n, title: 'x' }))
  const formats = ['bson.gz'] as const
  await makeRun(lake, papers(30), { minute: 1, formats })
  await makeRun(lake, papers(30).reverse(), { minute: 2, formats, perPart: 4 })
  const edited = papers(33).slice(2).with(5, { _id: 'p7', n: -7, title: 'x' }).with(6, { _id: 'p8', n: 8 })
  await makeRun(lake, edited, { minute: 3, formats })
  await makeRun(lake, papers(1), { minute: 3, formats, dataset: 'fresh' })
})
afterAll(() => remove())

const call = (...argv: string[]): Promise<Invocation> => invoke(['diff', 'papers', ...argv], { cwd })

it('exits with 0 when both runs have the same documents, and says that nothing was read', async () => {
  const { exitCode, stdout } = await call(runAt(1), runAt(2))
  expect([exitCode, stdout]).toEqual([
    0,
    `= papers: the same documents\n  from ${runAt(1)}  30 documents\n  to   ${runAt(2)}  30 documents\n` +
      '  compared by their digests; no part was read\n',
  ])
})

it('exits with 1 when something differs, and shows what: previous and latest by default', async () => {
  const { exitCode, stdout } = await call('--samples', '1')
  expect(exitCode).toBe(1)
  expect(stdout).toMatchInlineSnapshot(`
    "≠ papers: 3 added, 2 removed, 2 changed
      from 20260101T000200.000Z-aaaaaa  30 documents
      to   20260101T000300.000Z-aaaaaa  31 documents
      compared document by document, byte for byte
      fields of changed documents
        field  changed  added  removed
        n      1
        title                  1
      added
        + "p30"
        and 2 more; --ids lists all
      removed
        - "p0"
        and 1 more; --ids lists all
      changed
        ~ "p7"
            n: 7 → -7
        and 1 more; --ids lists all
    "
  `)
  expect((await call('previous', 'latest', '--samples', '1')).stdout).toBe(stdout)
  expect((await call(runAt(3), runAt(1))).stdout).toContain('2 added, 3 removed, 2 changed')
})

it('lists all ids when asked to', async () => {
  const { stdout } = await call('--ids')
  expect(stdout.split('\n').slice(-8)).toEqual([
    '- "p0"',
    '- "p1"',
    '+ "p30"',
    '+ "p31"',
    '+ "p32"',
    '~ "p7"',
    '~ "p8"',
    '',
  ])
})

it.each([
  [['--json']],
  [['--json', '--ids']],
  [['--json', runAt(1), runAt(2)]],
  [['--json', '--ids', runAt(1), runAt(2)]],
])('prints one object as documented: %j', async argv => {
  const invocation = await call(...argv)
  expect(differences(jsonOf(invocation), documentedShape('diff'))).toEqual([])
  const [dataset] = jsonOf(invocation)['datasets'] as Record<string, unknown>[]
  expect(dataset?.['equal']).toBe(invocation.exitCode === 0)
  if (!argv.includes('--ids')) return
  expect(dataset?.['ids']).toHaveLength(invocation.exitCode === 0 ? 0 : 7)
})

it.each([
  [['papers', 'previous', 'yesterday'], 'RUN_ID_INVALID'],
  [['papers', runAt(9)], 'RUN_MISSING'],
  [['fresh'], 'USAGE no committed run of fresh before'],
  [['paper'], 'DATASET_UNKNOWN'],
])('%j is refused', async (argv, message) => {
  const { exitCode, stderr } = await invoke(['diff', ...argv], { cwd })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
})
