import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { servicesHome } from '../../src/demo/services-home.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type LocalEmr, startLocalEmr } from '../support/local-emr/local-emr.js'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

const run = promisify(execFile)
const CONTRACT = `{apiVersion: v3.1.0, kind: DataContract, id: c, name: c, version: 1.0.0, status: active,
  schema: [{name: NAME, properties: [{name: title, logicalType: string, required: true}]}]}`

let cwd: string
let emr: LocalEmr
let lake: ObjectStore
let prefix: string

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-emr-cli-'))
  const [storage, { uri }] = await Promise.all([s3(), mongo()])
  prefix = freshPrefix()
  emr = await startLocalEmr()
  lake = await openS3Store({ ...storage, credentials: storage, prefix })
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = storage
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: ${freshDatabase()}}
lake: {url: "s3://${bucket}/${prefix}", endpoint: "${endpoint}", region: ${region}, credentials: {accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}"}}
datasets: {papers: {collection: papers, contract: papers.yaml}, comments: {collection: comments, contract: comments.yaml}}
spark: {conf: {spark.executor.memory: 2g}}
emr: {endpoint: "${emr.endpoint}", logs: "s3://${bucket}/it's a log", subnet: subnet-0a1b2c3d, instances: 4}
`,
  )
  await writeFile(join(cwd, 'documents.jsonl'), '{"_id": 1, "title": "a"}\n{"_id": 2}\n')
  for (const name of ['papers', 'comments']) {
    await writeFile(join(cwd, `${name}.yaml`), CONTRACT.replace('NAME', name))
    const imported = await invoke(['import', join(cwd, 'documents.jsonl'), '--collection', name], { cwd })
    expect(imported.exitCode, imported.stderr).toBe(0)
  }
  // In a process of its own: its workers are compiled ones.
  const exported = await lakeferry(['export'], { cwd }).ended
  expect(exported.exitCode, exported.stderr).toBe(0)
})

afterAll(async () => {
  await emr?.stop()
  await lake?.close()
  await rm(cwd, { recursive: true, force: true })
})

async function json(...argv: string[]): Promise<{ invocation: Invocation; told: Told }> {
  const invocation = await invoke(['emr', ...argv, '--json'], { cwd })
  const told = jsonOf(invocation)
  if (told['error'] === undefined) expect(differences(told, documentedShape('emr'))).toEqual([])
  return { invocation, told: told as unknown as Told }
}

interface Told {
  readonly files: readonly string[]
  readonly datasets: readonly { readonly dataset: string; readonly jobs: readonly { job: string; folder: string }[] }[]
}

const written = async (folder: string, name: string) => JSON.parse(await readFile(join(cwd, folder, name), 'utf8'))
const jobKeys = async (): Promise<string[]> => {
  const keys: string[] = []
  for await (const { key } of lake.list('_lakeferry/jobs/')) keys.push(key)
  return keys
}

describe('emr render', () => {
  it('writes a cluster, a step for each dataset and the command that takes them, and nothing on the lake', async () => {
    const { told, invocation } = await json('render', '--output', 'rendered')
    expect(invocation.exitCode).toBe(0)
    expect(told.files.map(file => file.slice(cwd.length))).toEqual([
      '/rendered/emr-cluster-config.json',
      '/rendered/validation-steps.json',
      '/rendered/create-cluster.sh',
    ])
    expect(await written('rendered', 'emr-cluster-config.json')).toMatchObject({
      Name: 'lakeferry validation of papers, comments',
      ReleaseLabel: 'emr-7.13.0',
      Applications: [{ Name: 'Spark' }],
      Instances: {
        InstanceGroups: [
          { InstanceRole: 'MASTER', InstanceCount: 1 },
          { InstanceRole: 'CORE', InstanceCount: 3 },
        ],
        KeepJobFlowAliveWhenNoSteps: false,
        Ec2SubnetId: 'subnet-0a1b2c3d',
      },
    })
    const steps = await written('rendered', 'validation-steps.json')
    const [papers] = told.datasets[0]?.jobs ?? []
    expect(steps).toHaveLength(2)
    expect(steps[0]).toMatchObject({ Type: 'CUSTOM_JAR', Jar: 'command-runner.jar', ActionOnFailure: 'CONTINUE' })
    expect(steps[0].Name).toMatch(new RegExp(`^lakeferry-${papers?.job}-1 lakeferry papers 20`))
    expect(steps[0].Args.slice(-2)).toEqual(['--folder', papers?.folder])
    expect((await stat(join(cwd, 'rendered/create-cluster.sh'))).mode & 0o111).toBe(0o111)
    expect(await jobKeys()).toEqual([])
  })

  it('with --upload also puts there what the steps need', async () => {
    const { told } = await json('render', 'papers', '--upload')
    const folder = told.datasets[0]?.jobs[0]?.folder
    expect(await jobKeys()).toEqual(expect.arrayContaining([`${folder}job.py`, `${folder}spec.json`]))
    const program = (await lake.get(`${folder}job.py`))?.body
    expect(Buffer.from(program ?? [])).toEqual(await readFile(new URL('../../spark/job.py', import.meta.url)))
  })

  it('is taken by the AWS CLI: the cluster that its script makes is the one of the file', async context => {
    const aws = await awsCli().catch((error: Error) => context.skip(`needs the AWS CLI: ${error.message}`))
    await json('render', '--output', 'taken')
    const env = {
      PATH: `${aws}:${process.env['PATH']}`,
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      HOME: cwd,
    }
    const args = [join(cwd, 'taken/create-cluster.sh'), '--endpoint-url', emr.endpoint]
    const { stdout } = await run('sh', args, { env })
    const cluster = emr.clusters.find(JSON.parse(stdout).ClusterId)
    const file = await written('taken', 'emr-cluster-config.json')
    for (const name of ['Name', 'ReleaseLabel', 'LogUri', 'ServiceRole', 'JobFlowRole', 'Applications']) {
      expect(cluster.request[name], name).toEqual(file[name])
    }
    expect(cluster.request['Instances']).toMatchObject(file.Instances)
    const steps = await written('taken', 'validation-steps.json')
    expect(cluster.steps.map(({ name, words }) => ({ name, words }))).toEqual(
      steps.map(({ Name, Args }: { Name: string; Args: string[] }) => ({ name: Name, words: Args.slice(1) })),
    )
    const states = () => cluster.steps.map(({ state }) => state)
    await expect.poll(states, { timeout: 60_000 }).toEqual(['COMPLETED', 'COMPLETED'])
    // The AWS CLI may have to be installed, and is slow to start.
  }, 600_000)
})

describe('emr', () => {
  it('has its own words for an engine whose jobs are not there', async () => {
    const { exitCode, stderr } = await invoke(['emr', 'submit'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('error USAGE engine.kind is duckdb, whose jobs are not on EMR\n')
    expect(stderr).toContain('--engine emr-serverless')
  })

  it('submits each dataset’s job once, tells of both, and of a dataset that has none', async () => {
    const { told } = await json('submit', '--engine', 'emr')
    expect(told.datasets.map(({ jobs }) => jobs.length)).toEqual([1, 1])
    const before = emr.actions.filter(action => action === 'RunJobFlow').length
    expect((await json('submit', 'papers', '--engine', 'emr')).invocation.exitCode).toBe(0)
    // That of papers has ended without answers meanwhile, or not: either way comments was not asked about.
    expect(emr.actions.filter(action => action === 'RunJobFlow').length - before).toBeLessThanOrEqual(1)
    const status = await invoke(['emr', 'status', '--engine', 'emr'], { cwd })
    expect(status.stdout).toMatch(/^papers\n {2}20\S+ {2}[0-9a-f]{16} {2}/)
    expect(status.stdout).toMatch(/step s-\w+ of cluster j-\w+/)
    const none = await invoke(['emr', 'status', '--engine', 'emr', '--run', '20200101T000000.000Z-000000'], { cwd })
    expect(none).toMatchObject({
      exitCode: 0,
      stdout: 'papers\n  no job is under way\ncomments\n  no job is under way\n',
    })
  })
})

/** Directory of `aws`: the one on the PATH, or version 1 in a virtual environment beside the other services. */
async function awsCli(): Promise<string> {
  const found = await run('sh', ['-c', 'command -v aws']).catch(() => undefined)
  if (found !== undefined) return join(found.stdout.trim(), '..')
  const home = join(servicesHome(), 'awscli')
  try {
    await access(join(home, 'bin/aws'))
  } catch {
    await run('python3', ['-m', 'venv', home])
    await run(join(home, 'bin/pip'), ['install', '--quiet', 'awscli==1.46.3'], { timeout: 180_000 })
  }
  return join(home, 'bin')
}
