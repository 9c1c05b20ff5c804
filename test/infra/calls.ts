import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The action of IAM that each command of the AWS SDK asks for, by the service authorization reference
 * (https://docs.aws.amazon.com/service-authorization/latest/reference/). A command that is not here fails the tests.
 */
export const ACTION_OF: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  s3: {
    AbortMultipartUpload: ['s3:AbortMultipartUpload'],
    CompleteMultipartUpload: ['s3:PutObject'],
    CreateMultipartUpload: ['s3:PutObject'],
    DeleteObject: ['s3:DeleteObject'],
    DeleteObjects: ['s3:DeleteObject'],
    GetObject: ['s3:GetObject'],
    HeadBucket: ['s3:ListBucket'],
    HeadObject: ['s3:GetObject'],
    ListMultipartUploads: ['s3:ListBucketMultipartUploads'],
    ListObjectsV2: ['s3:ListBucket'],
    ListParts: ['s3:ListMultipartUploadParts'],
    // With If-Match also the right to read: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    PutObject: ['s3:PutObject', 's3:GetObject'],
    UploadPart: ['s3:PutObject'],
  },
  'emr-serverless': {
    CancelJobRun: ['emr-serverless:CancelJobRun'],
    GetJobRun: ['emr-serverless:GetJobRun'],
    ListJobRuns: ['emr-serverless:ListJobRuns'],
    // And what the request has in it, see the tests: a role, and tags.
    StartJobRun: ['emr-serverless:StartJobRun'],
  },
  sns: {
    GetTopicAttributes: ['sns:GetTopicAttributes'],
    Publish: ['sns:Publish'],
  },
}

/** What S3A does, and so asks for, when `spark/job.py` calls Hadoop's file system: hadoop-aws, "Working with IAM Assumed Roles". */
export const HADOOP_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  create: ['s3:PutObject', 's3:AbortMultipartUpload'],
  delete: ['s3:DeleteObject', 's3:ListBucket'],
  exists: ['s3:GetObject', 's3:ListBucket'],
  getFileStatus: ['s3:GetObject', 's3:ListBucket'],
  getUri: [],
  makeQualified: [],
  open: ['s3:GetObject'],
  // Not on S3: job.py renames on other file systems only, Spark's own writer see below.
  rename: [],
  setWriteChecksum: [],
}

/** Of Spark's writer of text: parts under a temporary name, then a copy to the real one. */
export const SPARK_WRITE: readonly string[] = [
  's3:PutObject',
  's3:GetObject',
  's3:DeleteObject',
  's3:ListBucket',
  's3:AbortMultipartUpload',
]

function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .map(file => ({ file: join(folder, file), text: readFileSync(join(root, folder, file), 'utf8') }))
}

/** Names of the commands that an adapter sends, without `Command`. */
export function commandsOf(adapter: string): string[] {
  const found = sources(`src/adapters/${adapter}`).flatMap(({ text }) => [
    ...text.matchAll(/new [\w.#]*?[sS]dk\.(\w+)Command\(/g),
  ])
  return [...new Set(found.map(([, name]) => name!))].sort()
}

/** Files of `src/` that make a command of the AWS SDK, by whatever way. */
export function filesWithCommands(): string[] {
  return sources('src')
    .filter(({ text }) => /\bnew [\w.#]*[A-Z]\w+Command\(/.test(text))
    .map(({ file }) => file)
}

/** Methods of Hadoop's file system that the Spark job calls. */
export function hadoopCalls(): string[] {
  const text = readFileSync(join(root, 'spark/job.py'), 'utf8')
  return [...new Set([...text.matchAll(/_fs\.(\w+)\(/g)].map(([, name]) => name!))].sort()
}
