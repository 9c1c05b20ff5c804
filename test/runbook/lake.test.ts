import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'
import { startToxicProxy } from '../support/toxic-proxy.js'
import { awsProgram } from './aws-cli.js'
import { procedure, shell } from './book.js'
import { World } from './world.js'

let world: World
let aws: string
// Installed here and not when its test asks: that may take longer than a test is given.
beforeAll(async () => {
  aws = await awsProgram()
}, 600_000)
afterEach(() => world.end())

const lakeLines = (endpoint: string, url: string): string =>
  `lake: {url: "s3://${url}", endpoint: "${endpoint}", region: us-east-1, pathStyle: true}\n`
const keysOf = ({ accessKeyId, secretAccessKey }: S3Service): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
})

it('a full disk is no harm to what is there, and room is made by what nobody needs', async () => {
  world = await World.make({ papers: 2_000, fillerBytes: 400 })
  const book = procedure('The disk or the bucket is full')
  const before = await world.export()
  // What a dead export of long ago left behind.
  const left = world.run('20260102T020000.000Z-1a2b3c', 'parquet')
  await mkdir(left, { recursive: true })
  await writeFile(join(left, 'part-00000.parquet'), Buffer.alloc(100_000))
  // No file may be larger than 256 KiB: what a disk without room says to whoever writes.
  const full = world.situation()
  const limited = { ...full, before: 'ulimit -f 512' }
  let room = false
  const situation = {
    ...limited,
    get before() {
      return room ? ':' : limited.before
    },
  }
  await book.see(situation)
  expect((await world.pointer())['runId']).toBe(before)
  expect(await readdir(world.inLake('papers'))).toHaveLength(3)
  await book.act(situation, () => {
    room = true
  })
  expect(await readdir(world.inLake('papers'))).not.toContain('run=20260102T020000.000Z-1a2b3c')
  await book.after(situation)
})

it('a lake that is gone is told apart from a stale one, and its night is made up for', async () => {
  const storage = await s3()
  const { hostname, port } = new URL(storage.endpoint)
  const proxy = await startToxicProxy({ host: hostname, port: Number(port) })
  world = await World.make({
    lake: lakeLines(`http://127.0.0.1:${proxy.port}`, `${storage.bucket}/${freshPrefix()}`),
    env: keysOf(storage),
  })
  try {
    const book = procedure('The lake cannot be reached')
    await world.export()
    await proxy.inject({ kind: 'refuse' })
    await book.see(world.situation())
    await book.act(world.situation(), () => proxy.heal())
    await book.after(world.situation())
    expect(await world.facts('verify papers --against both')).toMatchObject({
      ...{ exitCode: 0, digest: await world.digest() },
    })
  } finally {
    await proxy.stop()
  }
})

it('an object that was deleted from a versioned bucket comes back, to the byte', async () => {
  const storage = await s3()
  const [Bucket, prefix] = [freshPrefix(), 'prod']
  const client = new S3Client({
    ...{ endpoint: storage.endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: storage.accessKeyId, secretAccessKey: storage.secretAccessKey },
  })
  try {
    await client.send(new CreateBucketCommand({ Bucket }))
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
    const env = {
      ...keysOf(storage),
      ...{ AWS_ENDPOINT_URL: storage.endpoint, AWS_REGION: 'us-east-1', PATH: `${aws}:${process.env['PATH']}` },
    }
    world = await World.make({ lake: lakeLines(storage.endpoint, `${Bucket}/${prefix}`), env })
    const book = procedure('An object was deleted from a versioned bucket')
    const RUN = await world.export()
    const digest = await world.digest()
    const KEY = `${prefix}/papers/run=${RUN}/bson.gz/part-00000.bson.gz`
    await client.send(new DeleteObjectCommand({ Bucket, Key: KEY }))
    const values = { RUN, BUCKET: Bucket, PREFIX: prefix, KEY }
    await book.see(world.situation(values))
    const { output } = await shell(
      `aws s3api list-object-versions --bucket ${Bucket} --prefix ${prefix}/papers/run=${RUN}/ --query 'DeleteMarkers[?IsLatest].VersionId' --output text`,
      { cwd: world.cwd, env },
    )
    await book.act(world.situation({ ...values, VERSION: output.trim() }))
    await book.after(world.situation(values))
    expect(await world.facts('verify papers')).toMatchObject({ exitCode: 0, recomputed: { digest } })
  } finally {
    client.destroy()
  }
})
