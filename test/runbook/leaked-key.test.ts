import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Document } from 'mongodb'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { lakeferry } from '../cli/spawned.js'
import { weedProgram } from '../support/programs.js'
import { startSeaweedFs } from '../support/seaweedfs.js'
import { startMongo } from '../support/services.js'
import { startToxicProxy } from '../support/toxic-proxy.js'
import { awsProgram } from './aws-cli.js'
import { procedure, shell } from './book.js'
import { World, type WorldOptions } from './world.js'

const ROOT = { user: 'root', password: 'of-the-owner' }
/** Servers are started, and asked through two command lines. */
const LONG = 600_000
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
beforeAll(() => Promise.all([awsProgram(), weedProgram()]), 600_000)

/** An export of ten seconds, unless it is told otherwise: long enough to be stopped in the middle by a test that stood still. */
const SLOW: WorldOptions = { papers: 1_500, source: '  maxDocumentsPerSecond: 150\n' }
const FAST = { LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: '1000000' }

/** A server that wants credentials, and a user who may only read. */
async function worldWithUser(options: WorldOptions = {}) {
  const server = await startMongo({ auth: ROOT })
  ends.push(() => server.stop())
  const proxy = await startToxicProxy({ host: '127.0.0.1', port: server.port })
  ends.push(() => proxy.stop())
  const uri = (user: string, password: string): string =>
    `mongodb://${user}:${password}@127.0.0.1:${proxy.port}/?directConnection=true`
  const OLD_URI = uri('exporter', 'first-and-leaked')
  const world = await World.make({ ...options, uri: OLD_URI, ownerUri: uri(ROOT.user, ROOT.password) })
  ends.push(() => world.end())
  const roles = [{ role: 'read', db: world.database }]
  await world.client.db('admin').command({ createUser: 'exporter', pwd: 'first-and-leaked', roles })
  return { world, uri, OLD_URI, proxy }
}

interface Suspended {
  goOn(): Promise<Document>
}

/** An export that has read its first documents, and stands still until it is let go on. */
async function suspended(world: World, env: Record<string, string>): Promise<Suspended> {
  const { child, ended } = lakeferry(['export', 'papers', '--json'], { cwd: world.cwd, env })
  ends.push(async () => child.kill('SIGKILL'))
  await new Promise<void>(resolve => {
    child.stderr?.on('data', (text: string) => {
      if (/"documents":[1-9]/.test(text)) resolve()
    })
  })
  child.kill('SIGSTOP')
  return {
    goOn: async () => {
      child.kill('SIGCONT')
      const { exitCode, stdout } = await ended
      return { exitCode, ...JSON.parse(stdout) }
    },
  }
}

it(
  'a leaked password is replaced without a missed export, and one under way fails without a trace',
  async () => {
    const { world, uri, OLD_URI, proxy } = await worldWithUser(SLOW)
    const book = procedure('The password of MongoDB leaked')
    const before = await world.export(FAST)
    await mkdir(join(world.cwd, 'logs'))
    const said = await Promise.all(
      ['run papers --verbose', 'doctor --verbose', 'status --json --verbose', 'report papers'].map(words =>
        world.lakeferry(words, FAST),
      ),
    )
    await writeFile(join(world.cwd, 'logs/all.log'), said.map(({ output }) => output).join(''))

    const env: Record<string, string> = { ...FAST, OLD_URI, LEAKED: 'first-and-leaked' }
    const situation = { ...world.situation({ NEW_PASSWORD: 'second' }), env, mongo: world.uri }
    let underWay: Suspended | undefined
    await book.see(situation, () => undefined)
    await book.act(situation, async () => {
      env['MONGODB_URI'] = uri('exporter2', 'second')
      underWay = await suspended(world, { MONGODB_URI: OLD_URI })
    })
    // This server lets a connection go on whose user is gone, until it is made anew.
    await proxy.heal()
    expect(await underWay?.goOn()).toMatchObject({
      ...{ exitCode: 3, error: { code: expect.stringMatching(/^SOURCE_(AUTH|FORBIDDEN)$/) } },
    })
    await book.after(situation)
    expect((await world.pointer())['runId'] > before).toBe(true)
    expect(await world.facts('verify papers --against both', env)).toMatchObject({
      ...{ exitCode: 0, digest: await world.digest() },
    })
  },
  LONG,
)

it(
  'a leaked key of the lake is replaced without a missed export',
  async () => {
    const aws = await awsProgram()
    const storage = await startSeaweedFs({ weed: await weedProgram(), flags: ['-s3.iam.readOnly=false'] })
    ends.push(() => storage.stop())
    const owner = {
      ...{ AWS_ACCESS_KEY_ID: storage.accessKeyId, AWS_SECRET_ACCESS_KEY: storage.secretAccessKey },
      ...{ AWS_ENDPOINT_URL: storage.endpoint, AWS_DEFAULT_REGION: 'us-east-1' },
      PATH: `${aws}:${process.env['PATH']}`,
    }
    const iam = async (words: string): Promise<string> => {
      const { exitCode, output } = await shell(`aws iam ${words}`, { cwd: '/', env: owner })
      expect(exitCode, output).toBe(0)
      return output
    }
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: ['arn:aws:s3:::*', 'arn:aws:s3:::*/*'] }],
    }
    await iam('create-user --user-name exporter')
    await iam(`put-user-policy --user-name exporter --policy-name lake --policy-document '${JSON.stringify(policy)}'`)
    const newKey = async (): Promise<{ id: string; secret: string }> => {
      const { AccessKey } = JSON.parse(await iam('create-access-key --user-name exporter --output json'))
      return { id: AccessKey.AccessKeyId, secret: AccessKey.SecretAccessKey }
    }
    const old = await newKey()
    const env: Record<string, string> = {
      ...{ ...owner, ...FAST, LAKE_KEY_ID: old.id, LAKE_SECRET_KEY: old.secret },
      ...{ OLD_KEY_ID: old.id, OLD_SECRET: old.secret },
    }
    const world = await World.make({
      ...SLOW,
      lake:
        `lake:\n  url: s3://${storage.bucket}/prod\n  endpoint: ${storage.endpoint}\n  region: us-east-1\n` +
        '  credentials: {accessKeyId: "$' +
        '{LAKE_KEY_ID}", secretAccessKey: "$' +
        '{LAKE_SECRET_KEY}"}\n',
    })
    ends.push(() => world.end())
    const book = procedure('A key of the lake leaked')
    const PREVIOUS = await world.export(env)
    let underWay: Suspended | undefined
    const situation = { ...world.situation({ PREVIOUS, OLD_KEY: old.id }), env }
    await book.see(situation, () => undefined)
    await book.act(situation, async () => {
      const { LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: _, ...slow } = env
      underWay = await suspended(world, slow)
      const { id, secret } = await newKey()
      Object.assign(env, { LAKE_KEY_ID: id, LAKE_SECRET_KEY: secret })
    })
    await book.after(situation)
    expect(await underWay?.goOn()).toMatchObject({ exitCode: 3, error: { code: 'LAKE_FORBIDDEN' } })
    const told = await world.facts('export papers', { ...env, LAKE_KEY_ID: old.id, LAKE_SECRET_KEY: old.secret })
    expect(told).toMatchObject({ exitCode: 3, error: { code: 'LAKE_FORBIDDEN' } })
    expect(JSON.stringify(told)).not.toContain(old.secret)
    expect(await world.facts('verify papers --against both', env)).toMatchObject({
      ...{ exitCode: 0, digest: await world.digest() },
    })
  },
  LONG,
)
