import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serialize } from 'bson'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lakeferry } from './spawned.js'

// An engine reserves some ten gigabytes of addresses for each linear memory: batch systems and shells may allow less.

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-addresses-'))
  await mkdir(join(cwd, 'dump/db'), { recursive: true })
  const papers = Array.from({ length: 500 }, (_, n) => ({ _id: n, title: `Paper ${n}`, reviews: [{ rating: n % 10 }] }))
  await writeFile(join(cwd, 'dump/db/papers.bson'), Buffer.concat(papers.map(paper => serialize(paper))))
})
afterAll(() => rm(cwd, { recursive: true }))

async function exportTo(lake: string, before: string) {
  await writeFile(
    join(cwd, `${lake}.yaml`),
    `source: {uri: "file:./dump", database: db}\nlake: {url: "file:./${lake}"}\ndatasets: {papers: {collection: papers}}\n`,
  )
  const { exitCode, stdout, stderr } = await lakeferry(['export', '--config', `${lake}.yaml`, '--json'], {
    ...{ cwd, before },
  }).ended
  expect(exitCode, stderr).toBe(0)
  const { runId, digest } = JSON.parse(stdout).datasets[0]
  const folder = join(cwd, lake, 'papers', `run=${runId}`, 'parquet')
  const parts = (await readdir(folder)).filter(name => name.endsWith('.parquet'))
  return { digest, parts: await Promise.all(parts.map(name => readFile(join(folder, name), 'base64'))) }
}

it.skipIf(process.platform !== 'linux')('makes the same files where there is no room for linear memory', async () => {
  const [wide, narrow] = [await exportTo('wide', 'true'), await exportTo('narrow', 'ulimit -v 8000000')]
  expect(wide.parts).toHaveLength(1)
  expect(narrow).toEqual(wide)
})
