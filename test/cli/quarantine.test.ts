import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { commit, runAt } from '../catalog/lake-fixture.js'
import { invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

const [OLDER, RUN] = [runAt(1), runAt(2)]
let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-aside-'))
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    'source: {uri: "mongodb://127.0.0.1:1", database: x}\nlake: {url: file:./lake}\n' +
      'datasets: {papers: {collection: papers}, comments: {collection: comments}}\n',
  )
  const lake = openFsStore({ root: join(cwd, 'lake') })
  await commit(lake, OLDER)
  const contract = { id: 'c', version: '1.0.0', fingerprint: 'f'.repeat(64) }
  await commit(lake, RUN, { contract })
  await lake.put(lakeKey.contract(contract.fingerprint), new TextEncoder().encode('\ufeffid: c\n'))
  await lake.close()
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

async function answer(command: string, ...argv: string[]) {
  const invocation = await invoke([...command.split(' '), ...argv, '--json'], { cwd })
  const json = jsonOf(invocation)
  if (json['error'] === undefined) expect(differences(json, documentedShape(command))).toEqual([])
  return { exitCode: invocation.exitCode, json }
}

describe('quarantine', () => {
  it('answers in its documented JSON: setting aside, listing, putting back and discarding', async () => {
    const aside = await answer('quarantine', 'papers', '--run', RUN, '--reason', 'a try')
    expect(aside).toMatchObject({
      exitCode: 0,
      json: { datasets: [{ action: 'set aside', newest: OLDER, runs: [{ runId: RUN, reason: 'a try' }] }] },
    })
    expect(await answer('quarantine')).toMatchObject({
      exitCode: 0,
      json: {
        datasets: [
          { dataset: 'papers', action: 'list', newest: OLDER },
          { newest: null, runs: [] },
        ],
      },
    })
    expect(await answer('quarantine', 'papers', '--run', RUN, '--release')).toMatchObject({
      json: { datasets: [{ action: 'release', newest: RUN, runs: [], problems: [] }] },
    })
    await answer('quarantine', 'papers', '--run', RUN, '--reason', 'a try')
    expect(await answer('quarantine', 'papers', '--run', RUN, '--discard')).toMatchObject({
      json: { datasets: [{ action: 'discard', newest: OLDER, runs: [] }] },
    })
  })

  it('tells people what readers get after it', async () => {
    const { stdout } = await invoke(['quarantine', 'papers', '--run', RUN, '--reason', 'x\u001b[2Jy'], { cwd })
    expect(stdout).toMatch(
      new RegExp(`^papers: run ${RUN} is set aside; readers get run ${OLDER} \\(0 documents, as of `),
    )
    const list = (await invoke(['quarantine', 'papers'], { cwd })).stdout
    expect(list).toMatch(new RegExp(`^papers\\n {2}${RUN} {2}set aside .* by .*, process \\d+: x`))
    expect(list).not.toContain('\u001b[2J')
    const last = await invoke(['quarantine', 'papers', '--run', OLDER, '--reason', 'x'], { cwd })
    expect(last.stdout).toContain('there is no other committed run: lakeferry export papers')
  })

  it.each([
    [['--run', RUN], '--run is of one dataset, and none is named'],
    [['papers', '--run', RUN], '--run wants one of --reason TEXT'],
    [['papers', '--run', RUN, '--release', '--discard'], '--run wants one of --reason TEXT'],
    [['papers', '--reason', 'x'], '--reason, --release and --discard want --run ID'],
    [['papers', '--run', RUN, '--release'], 'is not set aside'],
    [['papers', '--run', 'nonsense', '--reason', 'x'], '"nonsense" is no run id'],
    [['papers', '--run', runAt(9), '--reason', 'x'], 'no committed run'],
  ])('refuses %j', async (argv, problem) => {
    const { exitCode, stderr } = await invoke(['quarantine', ...argv], { cwd })
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(problem)])
  })
})

describe('repair', () => {
  it('answers in its documented JSON, of every dataset', async () => {
    expect(await answer('repair')).toMatchObject({
      exitCode: 0,
      json: {
        datasets: [
          { dataset: 'papers', pointer: 'written', runId: RUN, before: null },
          { dataset: 'comments', pointer: 'none', runId: null },
        ],
      },
    })
    const { stdout } = await invoke(['repair'], { cwd })
    expect(stdout).toBe(`papers: _latest.json is right: run ${RUN}\ncomments: no committed run, and no _latest.json\n`)
  })
})

describe('contract show', () => {
  it('gives the contract of a run to the byte, and does not write over a file unasked', async () => {
    expect(await answer('contract show', 'papers')).toMatchObject({
      exitCode: 0,
      json: { runId: RUN, content: '\ufeffid: c\n', output: null },
    })
    expect((await invoke(['contract', 'show', 'papers'], { cwd })).stdout).toBe('\ufeffid: c\n')
    const write = ['contract', 'show', 'papers', '--output', 'c.yaml']
    expect((await invoke(write, { cwd })).exitCode).toBe(0)
    expect(await invoke(write, { cwd })).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--force') })
    expect((await invoke([...write, '--force'], { cwd })).exitCode).toBe(0)
    const without = await invoke(['contract', 'show', 'papers', '--run', OLDER], { cwd })
    expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('was exported without a contract') })
  })
})
