import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Long } from 'bson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRun } from '../ask/made-runs.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let cwd: string
let remove: () => Promise<void>
beforeAll(async () => {
  const temporary = await temporaryLake()
  remove = temporary.remove
  cwd = join(temporary.root, '.lakeferry', 'work')
  await mkdir(cwd, { recursive: true })
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:${temporary.root}"}\ndatasets: {papers: {collection: papers}}\n`,
  )
  const columns = [
    { name: 'title', type: { kind: 'string' } },
    { name: 'big', type: { kind: 'int64' } },
  ] as const
  const documents = Array.from({ length: 12 }, (_, n) => ({
    _id: `p${n}`,
    ...(n === 2 ? {} : { title: n === 1 ? 'wide 漢字 \u001b[31m' : `Title ${n}` }),
    big: Long.fromString(String(9007199254740993n * BigInt(n))),
  }))
  await makeRun(temporary.lake, documents.slice(1), { minute: 1, columns })
  await makeRun(temporary.lake, documents, { minute: 2, columns })
})
afterAll(() => remove())

const call = (argv: string[], tty = false): Promise<Invocation> => invoke(['query', ...argv], { cwd, tty })

describe('query', () => {
  it('shows a table, numbers flush right, NULL, nothing that could move the cursor', async () => {
    const { exitCode, stdout, stderr } = await call(['SELECT big, title FROM papers ORDER BY big LIMIT 3'])
    expect([exitCode, stdout]).toEqual([
      0,
      [
        '              big  title',
        '─────────────────  ────────────────────',
        '                0  Title 0',
        ' 9007199254740993  wide 漢字 \\u001b[31m',
        '18014398509481986  NULL',
        '',
      ].join('\n'),
    ])
    expect(stderr).toMatch(new RegExp(`^3 rows in .*, from papers ${runAt(2)}\n$`))
  })

  it('is cut to the terminal, and tells what found no room', async () => {
    const wide = "SELECT repeat('x', 200) AS a, repeat('y', 200) AS b, 1 AS c"
    const { stdout } = await call([wide, '--no-color'], true)
    const [heading, , row] = stdout.split('\n')
    expect(heading).toHaveLength(99)
    expect(row).toMatch(/^x+… {2}y+… {2}1$/)
    const many = await call(
      [`SELECT ${Array.from({ length: 30 }, (_, n) => `repeat('x', 9) AS column_${n}`).join(', ')}`],
      true,
    )
    for (const line of many.stdout.trimEnd().split('\n'))
      expect(line.replaceAll(/\u001b\[\d+m/g, '').length).toBeLessThanOrEqual(100)
    expect(many.stderr).toMatch(/^18 of 30 columns have no room here; --format csv or json has all\n/)
  })

  it('prints CSV and JSON', async () => {
    const sql = "SELECT _id, title, '' AS empty, [1, NULL] AS list FROM papers WHERE _id IN ('p1', 'p2') ORDER BY 1"
    expect((await call([sql, '--format', 'csv'])).stdout).toBe(
      '_id,title,empty,list\r\np1,wide 漢字 \u001b[31m,"","[1,null]"\r\np2,,"","[1,null]"\r\n',
    )
    const { stdout } = await call([sql, '--format', 'json'])
    expect(stdout.split('\n')).toHaveLength(5)
    expect(JSON.parse(stdout)).toEqual([
      { _id: 'p1', title: 'wide 漢字 \u001b[31m', empty: '', list: [1, null] },
      { _id: 'p2', title: null, empty: '', list: [1, null] },
    ])
    expect((await call(['SELECT 1 WHERE FALSE', '--format', 'json'])).stdout).toBe('[]\n')
    expect((await call(['SELECT 1 AS a WHERE FALSE', '--format', 'csv'])).stdout).toBe('a\r\n')
  })

  it('prints one object with --json, as documented, every digit kept', async () => {
    const invocation = await call(['SELECT max(big) AS big FROM papers', '--json'])
    expect(differences(jsonOf(invocation), documentedShape('query'))).toEqual([])
    expect(invocation.stdout).toContain('"rows":[[99079191802150923]],"more":false')
    expect(jsonOf(invocation)).toMatchObject({
      runs: [{ dataset: 'papers', runId: runAt(2) }],
      columns: [{ name: 'big', type: 'BIGINT' }],
    })
    const none = jsonOf(await call(['SELECT 1 WHERE FALSE', '--json']))
    expect(none).toMatchObject({ rows: [], more: false })
  })

  it('ends the object when the query breaks off, with what came before and the error', async () => {
    const sql = "SELECT CASE WHEN range = 300000 THEN (range || 'x')::INTEGER ELSE range END FROM range(1000000)"
    const invocation = await call([sql, '--json'])
    expect(invocation.exitCode).toBe(2)
    const { rows, error } = jsonOf(invocation) as { rows: unknown[]; error: unknown }
    expect(rows.length).toBeGreaterThan(2_000)
    expect(error).toMatchObject({ code: 'QUERY_INVALID' })
    expect(jsonOf(await call(['SELEC', '--json']))).toEqual({ command: 'query', error: expect.anything() })
  })

  it('takes a limit and a run', async () => {
    const limited = await call(['FROM papers', '--limit', '2', '--format', 'csv'])
    expect(limited.stdout.split('\r\n')).toHaveLength(4)
    expect(limited.stderr).toMatch(/^the first 2 rows; there are more in /)
    expect(jsonOf(await call(['FROM papers', '--limit', '2', '--json']))).toMatchObject({ more: true })
    expect(jsonOf(await call(['FROM papers', '--limit', '12', '--json']))).toMatchObject({ more: false })
    const count = async (...run: string[]): Promise<unknown> =>
      jsonOf(await call(['SELECT count(*) FROM papers', '--json', ...run]))['rows']
    expect(await count('--run', runAt(1))).toEqual([[11]])
    expect(await count('--run', 'papers=previous')).toEqual([[11]])
    expect(await count('--run', 'previous', '--run', 'papers=latest')).toEqual([[12]])
  })

  it.each([
    [['--run', 'latest', '--run', 'previous'], /says the run of all datasets twice/],
    [['--run', 'papers=a', '--run', 'papers=b'], /says the run of papers twice/],
    [['--run', 'papers='], /says no run/],
    [['--json', '--format', 'csv'], /prints one JSON object, and not csv/],
  ])('refuses %j', async (argv, message) => {
    const invocation = await call(['FROM papers', ...argv])
    expect(invocation.exitCode).toBe(2)
    expect(invocation.stdout + invocation.stderr).toMatch(message)
  })
})
