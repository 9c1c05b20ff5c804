import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DeleteObjectCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { freePorts } from '../../src/demo/free-port.js'
import { startGuarded } from '../../src/demo/guarded-process.js'
import { withPortRetry } from './port-retry.js'

/** It is usually up in 1 to 10 s; a loaded machine gets more. */
const READY_TIMEOUT_MS = 90_000

export interface SeaweedFs {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts SeaweedFS with an S3 gateway and one empty bucket, everything on the loopback and on free ports, its data in a
 * directory of its own that `stop` removes. It ends with this process, however that ends.
 *
 * @param weed path of the `weed` program
 * @param flags further ones, such as `-s3.iam.readOnly=false`
 */
export async function startSeaweedFs({
  weed,
  bucket = 'lake',
  flags = [],
}: {
  weed: string
  bucket?: string
  flags?: readonly string[]
}): Promise<SeaweedFs> {
  return withPortRetry(() => startOnce(weed, bucket, flags))
}

async function startOnce(weed: string, bucket: string, flags: readonly string[]): Promise<SeaweedFs> {
  const ports = await freePorts(11)
  const credentials = { accessKeyId: randomBytes(8).toString('hex'), secretAccessKey: randomBytes(16).toString('hex') }
  const endpoint = `http://127.0.0.1:${ports[0]}`
  const region = 'us-east-1'
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  })
  try {
    const { pid, stop } = await startGuarded({
      name: 'seaweedfs',
      command: weed,
      args: directory => [...weedArguments(directory, bucket, ports), ...flags],
      env: { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey },
      ready: () => takesObjects(client, bucket),
      startWithinMs: READY_TIMEOUT_MS,
    })
    return { endpoint, bucket, region, ...credentials, pid, stop }
  } finally {
    client.destroy()
  }
}

function weedArguments(directory: string, bucket: string, ports: readonly number[]): string[] {
  return [
    'mini',
    `-dir=${directory}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1', // without it, it listens to the world
    `-bucket=${bucket}`,
    '-webdav=false',
    '-admin.ui=false',
    // In /tmp otherwise, and left there.
    `-s3.localSocket=${join(directory, 's3.sock')}`,
    `-filer.localSocket=${join(directory, 'filer.sock')}`,
    `-s3.port=${ports[0]}`,
    `-s3.port.grpc=${ports[1]}`,
    `-s3.port.iceberg=${ports[2]}`,
    '-s3.port.lance=0',
    `-master.port=${ports[3]}`,
    `-master.port.grpc=${ports[4]}`,
    `-volume.port=${ports[5]}`,
    `-volume.port.grpc=${ports[6]}`,
    `-filer.port=${ports[7]}`,
    `-filer.port.grpc=${ports[8]}`,
    `-admin.port=${ports[9]}`,
    `-admin.port.grpc=${ports[10]}`,
  ]
}

/** The gateway answers before the bucket is there, and the bucket before a volume takes bytes. */
async function takesObjects(client: S3Client, bucket: string): Promise<string> {
  await client.send(new HeadBucketCommand({ Bucket: bucket }))
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: '_ready', Body: 'ready' }))
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: '_ready' }))
  return 'ready'
}
