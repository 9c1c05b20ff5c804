import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BSON, ObjectId } from 'bson'
import { afterAll, describe, expect, it } from 'vitest'
import { counted, filtersOf } from './metric-filters.js'
import { only, synthesize } from './synthesized.js'

const stack = synthesize()
const main = fileURLToPath(new URL('../../dist/bin/main.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'lakeferry-log-lines-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

mkdirSync(join(directory, 'dump/db'), { recursive: true })
const documents = Array.from({ length: 20 }, (_, n) => BSON.serialize({ _id: new ObjectId(), n }))
writeFileSync(join(directory, 'dump/db/papers.bson'), Buffer.concat(documents))
writeFileSync(
  join(directory, 'lakeferry.yaml'),
  `source: {uri: "file:./dump", database: db}
lake: {url: "file:./lake"}
datasets:
  papers: {collection: papers}
  comments: {collection: comments}
`,
)

/** What CloudWatch would count of a command's output, in the environment that the task has. */
function metricsOf(...words: string[]): { status: number | null; metrics: Record<string, number> } {
  const [{ Environment }] = only(stack, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions
  const literal = (Environment as { Name: string; Value: unknown }[]).filter(({ Value }) => typeof Value === 'string')
  const env = Object.fromEntries(literal.map(({ Name, Value }) => [Name, String(Value)]))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    cwd: directory,
    env: { PATH: process.env['PATH'], TMPDIR: directory, ...env },
    encoding: 'utf8',
  })
  const metrics: Record<string, number> = {}
  for (const line of `${stderr}\n${stdout}`.split('\n')) {
    for (const name of counted(filtersOf(stack), line)) metrics[name] = (metrics[name] ?? 0) + 1
  }
  return { status, metrics }
}

describe('the program, as the task runs it', () => {
  it('is counted once for a run that finished, whatever it was called with', () => {
    expect(metricsOf('run', 'papers', '--json')).toEqual({ status: 0, metrics: { RunsFinished: 1 } })
    expect(metricsOf('run', 'papers', '--quiet')).toEqual({ status: 0, metrics: { RunsFinished: 1 } })
  })

  it('is counted once for a run that failed', () => {
    // There is no such file in the backup.
    const { status, metrics } = metricsOf('run', 'comments', '--json')
    expect(metrics).toEqual({ RunsFailed: 1 })
    expect([2, 3]).toContain(status)
  })

  it('is not counted for what is no run', () => {
    expect(metricsOf('runs', '--json')).toEqual({ status: 0, metrics: {} })
  })
})
