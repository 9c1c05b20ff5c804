// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { LocalServer } from '../../src/demo/secantus.js'
import { freshPrefix, type S3Service, s3, startMongo } from '../support/services.js'
import { shell } from './book.js'
import { World } from './world.js'

const ROOT = { user: 'root', password: 'of-the-owner' }
const MONGO_PASSWORD = 'p4ss-of-the-exporter'
const SLACK_TOKEN = 'XXtokenofslackXX'
const WEBHOOK_SECRET = 'whsec_c2VjcmV0LW9mLXRoZS13ZWJob29rLTEyMzQ1Njc4'

let server: LocalServer
let storage: S3Service
let receiver: Server
let world: World
let env: Record<string, string>
const prefix = freshPrefix()

beforeAll(async () => {
  receiver = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(404).end('no_service'))
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  ;[server, storage] = await Promise.all([startMongo({ auth: ROOT }), s3()])
  const uri = (user: string, password: string): string => server.uri.replace('//', `//${user}:${password}@`)
  env = {
    MONGODB_URI: uri('exporter', MONGO_PASSWORD),
    LAKE_KEY_ID: storage.accessKeyId,
    LAKE_SECRET_KEY: storage.secretAccessKey,
    SLACK_WEBHOOK: `http://127.0.0.1:${port}/services/T00000000/B00000000/${SLACK_TOKEN}`,
    WEBHOOK_SECRET,
  }
  world = await World.make({
    ownerUri: uri(ROOT.user, ROOT.password),
    lake:
      `lake:\n  url: s3://${storage.bucket}/${prefix}\n  endpoint: ${storage.endpoint}\n  region: us-east-1\n` +
      '  credentials: {accessKeyId: "${LAKE_KEY_ID}", secretAccessKey: "${LAKE_SECRET_KEY}"}\n',
    rest: `alerts:\n  - {kind: slack, url: "\${SLACK_WEBHOOK}"}\n  - {kind: webhook, url: "http://127.0.0.1:${port}/hook", secret: "\${WEBHOOK_SECRET}"}\n`,
    env,
  })
  const roles = [{ role: 'readWrite', db: world.database }]
  await world.client.db('admin').command({ createUser: 'exporter', pwd: MONGO_PASSWORD, roles })
})
afterAll(async () => {
  await world.end()
  await server.stop()
  receiver.closeAllConnections()
  await new Promise(resolve => receiver.close(resolve))
})

/** All objects of the lake, packed ones unpacked, too. */
async function lakeTexts(): Promise<string[]> {
  const { accessKeyId, secretAccessKey, endpoint } = storage
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId, secretAccessKey },
  })
  try {
    const texts: string[] = []
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: storage.bucket, Prefix: prefix }))
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: storage.bucket, Key }))
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
      texts.push(`${Key}\n${bytes.toString('latin1')}`)
      if (bytes[0] === 0x1f && bytes[1] === 0x8b) texts.push(`${Key}\n${gunzipSync(bytes).toString('latin1')}`)
    }
    return texts
  } finally {
    client.destroy()
  }
}

it('no secret is anywhere on the lake, nor in anything that is printed, when all goes well and when nothing does', async () => {
  const printed: string[] = []
  const say = async (words: string, more: Record<string, string> = {}): Promise<number> => {
    const { exitCode, output } = await world.lakeferry(words, more)
    printed.push(output)
    return exitCode
  }
  expect(await say('run --verbose --rows')).toBe(0)
  const { runs } = await world.facts('runs papers')
  for (const words of [
    'doctor --json --verbose',
    'status --json --verbose',
    'monitor --json --verbose',
    `quarantine papers --run ${runs[0].runId} --reason "to see" --verbose`,
    `quarantine papers --run ${runs[0].runId} --release --json`,
    `restore papers --to ${world.database}.copy --verbose`,
    'alerts list --json --verbose',
  ])
    await say(words)
  // Each part refused, or gone.
  expect(await say('run --verbose', { LAKE_SECRET_KEY: `${storage.secretAccessKey}x` })).toBe(3)
  const wrong = env['MONGODB_URI']?.replace(MONGO_PASSWORD, `${MONGO_PASSWORD}x`) ?? ''
  expect(await say('run --json --verbose', { MONGODB_URI: wrong })).toBe(3)
  const gone = `${env['MONGODB_URI']?.replace(`:${server.port}`, ':1')}&serverSelectionTimeoutMS=500`
  expect(await say('run --verbose', { MONGODB_URI: gone })).toBe(3)
  await say('monitor --verbose', { MONGODB_URI: gone })

  const lake = await lakeTexts()
  expect(lake.length).toBeGreaterThan(12)
  // The search finds what is there.
  expect(lake.some(text => text.includes('Title 00001'))).toBe(true)
  expect(lake.some(text => text.includes(world.database))).toBe(true)
  for (const secret of [MONGO_PASSWORD, storage.secretAccessKey, SLACK_TOKEN, WEBHOOK_SECRET, ROOT.password]) {
    for (const shape of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      expect(lake.filter(text => text.includes(shape)).map(text => text.split('\n')[0])).toEqual([])
      expect(printed.filter(text => text.includes(shape))).toEqual([])
    }
  }
  const { output } = await shell(`grep -rlF -e '${MONGO_PASSWORD}' . ; true`, { cwd: world.cwd })
  expect(output).toBe('')
}, 600_000)
