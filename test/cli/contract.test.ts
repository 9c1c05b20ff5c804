import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, Int32 } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson, type Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runOf } from '../contract/suggest-run.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let cwd: string
let lake: ObjectStore
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lf-contract-cli-'))
  await mkdir(join(cwd, 'lake'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const call = (...argv: string[]): Promise<Invocation> => invoke(['contract', ...argv], { cwd })
const put = (name: string, text: string): Promise<void> => writeFile(join(cwd, name), text)

async function configure(datasets: string): Promise<void> {
  await put(
    'lakeferry.yaml',
    `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:${join(cwd, 'lake')}"}\ndatasets:\n${datasets}`,
  )
}

const contract = (properties: string, version = '1.0.0'): string =>
  `apiVersion: v3.1.0\nkind: DataContract\nid: papers\nversion: ${version}\nstatus: active\nschema:\n  - name: papers\n    properties:\n${properties}`

/** Commits documents as a run of Parquet. */
async function commit(
  dataset: string,
  documents: readonly Document[],
  more: Partial<Manifest> = {},
): Promise<Manifest> {
  const made = await runOf(join(cwd, 'lake'), documents)
  ;({ lake } = made)
  // Parts are known by their manifest, wherever they lie.
  const manifest = { ...made.manifest, dataset, ...more }
  await lake.put(lakeKey.manifest(dataset, manifest.runId), encodeJson(manifest))
  return manifest
}

describe('contract lint', () => {
  const good = contract(
    '      - {name: title, logicalType: string, required: true}\n      - {name: tldr, logicalType: string}\n',
  )
  const bad = contract('      - {name: title, logicalType: string, requird: true}\n')

  it('tells of files what is wrong and where, and what nothing is asked of', async () => {
    await put('good.yaml', good)
    await put('bad.yaml', bad)
    const { exitCode, stdout, stderr } = await call('lint', 'good.yaml', 'bad.yaml')
    expect([exitCode, stderr]).toEqual([2, ''])
    expect(stdout).toMatch(
      /^good\.yaml: fine, 2 columns, 3 rules\n {2}checked for their type only: tldr\nbad\.yaml: 1 problem\n/,
    )
    expect(stdout).toContain('  bad.yaml:9:44: properties: unknown key requird\n    Did you mean required?\n')
    expect(stdout).toMatch(/\n1 of 2 cannot be used\n$/)
    const linted = await call('lint', 'good.yaml', 'bad.yaml', '--json')
    expect([linted.exitCode, differences(jsonOf(linted), documentedShape('contract lint'))]).toEqual([2, []])
    expect((await call('lint', 'good.yaml')).exitCode).toBe(0)
  })

  it('takes the contracts of the configuration, by name or all of them', async () => {
    await put('good.yaml', good)
    await put('bad.yaml', bad)
    await configure(
      '  papers: {collection: papers, contract: good.yaml}\n  posts: {collection: posts, contract: bad.yaml}\n  free: {collection: free}\n',
    )
    expect((await call('lint', 'papers')).stdout).toMatch(/^good\.yaml: fine/)
    expect(jsonOf(await call('lint', '--json'))).toMatchObject({
      files: [
        {
          file: 'good.yaml',
          dataset: 'papers',
          ok: true,
          objects: [{ name: 'papers', columns: 2, unchecked: ['tldr'] }],
        },
        { file: 'bad.yaml', dataset: 'posts', ok: false },
      ],
    })
    expect((await call('lint', 'free')).stderr).toContain('DATASET_NO_CONTRACT')
    expect((await call('lint', 'nobody')).stderr).toContain('DATASET_UNKNOWN')
    expect((await call('lint', 'nobody.yaml')).stderr).toContain('CONTRACT_MISSING')
  })

  it('looks at every object of a file that is nobody’s', async () => {
    await put('two.yaml', `${good}  - {name: posts, properties: [{name: text, logicalType: string}]}\n`)
    const { stdout } = await call('lint', 'two.yaml')
    expect(stdout).toContain('two.yaml (papers): fine, 2 columns')
    expect(stdout).toContain('two.yaml (posts): fine, 1 column,')
  })
})

describe('contract suggest', () => {
  const documents = Array.from({ length: 120 }, (_, n) => ({
    ...{
      _id: new Int32(n),
      id: `p-${String(n).padStart(4, '0')}`,
      title: `Paper ${n}`,
      state: n % 2 ? 'Oral' : 'Poster',
    },
    venue: { city: 'Vienna' },
  }))

  it('prints a contract that is read, or writes it, and never over another unasked', async () => {
    await configure('  papers: {collection: papers}\n')
    const { runId } = await commit('papers', documents)
    const { exitCode, stdout, stderr } = await call('suggest', 'papers')
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('1 of 4 fields have a better type')])
    expect(parseContract(stdout, 'f').keyColumns).toEqual([['id']])

    const written = await call('suggest', 'papers', '--output', 'papers.yaml', '--json', '--quiet')
    expect(differences(jsonOf(written), documentedShape('contract suggest'))).toEqual([])
    expect(jsonOf(written)).toMatchObject({ runId, fields: 4, changed: ['venue struct<city string>'], key: ['id'] })
    expect(await readFile(join(cwd, 'papers.yaml'), 'utf8')).toBe(stdout)
    const again = await call('suggest', 'papers', '--output', 'papers.yaml')
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining('is there already')])
    expect((await call('suggest', 'papers', '--output', 'papers.yaml', '--force')).exitCode).toBe(0)
    expect((await call('lint', 'papers.yaml')).exitCode).toBe(0)
  })

  it('with --keep-columns writes one that the run passes', async () => {
    await configure('  papers: {collection: papers, contract: papers.yaml}\n')
    await commit('papers', documents)
    await put('papers.yaml', contract('      - {name: x, logicalType: string}\n'))
    await call('suggest', 'papers', '--keep-columns', '--output', 'papers.yaml', '--force')
    const { exitCode, stdout } = await invoke(['validate', 'papers', '--json', '--quiet'], {
      cwd,
      now: new Date('2026-01-02T04:00:00Z'),
    })
    expect([exitCode, JSON.parse(stdout).datasets[0].status]).toEqual([0, 'pass'])
  })

  it('finds what refers to another dataset', async () => {
    await configure('  papers: {collection: papers}\n  comments: {collection: comments}\n')
    const papers = await commit('papers', documents)
    await rm(join(cwd, 'lake', 'papers'), { recursive: true })
    // The parts of both have the same names in this fixture: those of papers are put aside.
    const comments = documents.map(({ id }, n) => ({
      _id: new Int32(n),
      id: `c-${1000 + n}`,
      about: id,
      other: `p-9${String(n).padStart(3, '0')}`,
    }))
    await commitAside(papers)
    await commit('comments', comments)
    const told = jsonOf(await call('suggest', 'comments', '--json', '--quiet'))
    expect(told['references']).toEqual([{ field: 'about', to: 'papers.id' }])
    expect(told['content']).toContain(`- to: papers.id # all 120 values are there in run ${papers.runId}`)
    const read = parseContract(String(told['content']), 'f')
    expect(read.rules.filter(({ kind }) => kind === 'foreignKey')).toMatchObject([
      { columns: [['about']], dataset: 'papers', to: [['id']] },
    ])
  })

  /** Writes the documents of papers again, below other keys. */
  async function commitAside(papers: Manifest): Promise<void> {
    const made = await runOf(join(cwd, 'aside'), documents)
    const parts: Manifest['parts'][number][] = []
    for (const part of made.manifest.parts) {
      const key = `papers/aside/${part.key}`
      await lake.put(key, (await made.lake.get(part.key))!.body)
      parts.push({ ...part, key })
    }
    await lake.put(lakeKey.manifest('papers', papers.runId), encodeJson({ ...made.manifest, parts }))
  }

  it('says that there is no run, or no Parquet', async () => {
    await configure('  papers: {collection: papers}\n')
    expect((await call('suggest', 'papers')).stderr).toContain('RUN_NONE')
    await commit('papers', documents, { formats: ['bson.gz'] })
    expect((await call('suggest', 'papers')).stderr).toContain('RUN_NO_PARQUET')
    expect((await call('suggest')).exitCode).toBe(2)
  })
})

describe('contract diff', () => {
  const old = contract('      - {name: title, logicalType: string}\n')
  const now = contract('      - {name: title, logicalType: string, required: true}\n', '1.1.0')

  it('tells each change, whom it breaks and the version that it wants', async () => {
    await put('old.yaml', old)
    await put('new.yaml', now)
    const { exitCode, stdout } = await call('diff', 'old.yaml', 'new.yaml')
    expect(exitCode).toBe(1)
    expect(stdout).toBe(
      'old.yaml → new.yaml: breaking for writers, 1 change\n' +
        '  breaks writers  title.required  added (required of title): documents that do not satisfy it fail now\n' +
        'version 1.0.0 → 1.1.0: too little for a major change, 2.0.0 or later\n',
    )
    const json = jsonOf(await call('diff', 'old.yaml', 'new.yaml', '--json'))
    expect(differences(json, documentedShape('contract diff'))).toEqual([])
    const same = await call('diff', 'old.yaml', 'old.yaml')
    expect([same.exitCode, same.stdout]).toEqual([0, 'old.yaml → old.yaml: identical\n'])
  })

  it('compares with the contract of a run', async () => {
    await put('papers.yaml', now)
    await configure('  papers: {collection: papers, contract: papers.yaml}\n')
    const { fingerprint, id, version } = parseContract(old, 'f')
    const { runId } = await commit('papers', [{ _id: 'a', title: 'x' }], { contract: { id, version, fingerprint } })
    const missing = await call('diff', 'papers', '--run', runId)
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining('is not on the lake')])
    await lake.put(lakeKey.contract(fingerprint), new TextEncoder().encode(old))
    for (const word of ['papers', 'papers.yaml']) {
      const { exitCode, stdout } = await call('diff', word, '--run', runId)
      expect([exitCode, stdout]).toEqual([1, expect.stringContaining(`run ${runId} → papers.yaml: breaking`)])
    }
    const json = jsonOf(await call('diff', 'papers', '--run', runId, '--json'))
    expect(differences(json, documentedShape('contract diff'))).toEqual([])
  })

  it('wants two contracts, or one and a run', async () => {
    await put('old.yaml', old)
    for (const words of [['old.yaml'], ['old.yaml', 'old.yaml', '--run', 'x'], ['old.yaml', '--run', 'x']])
      expect(await call('diff', ...words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('USAGE') })
    expect((await call('difff')).stderr).toContain('Did you mean diff?')
  })
})
