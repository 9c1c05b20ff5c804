import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { driverError, lastError, withoutSecrets } from '../../src/remote-job/driver-log.js'
import { PATIENCE } from '../../src/remote-job/patience.js'

const PYTHON = `26/11/22 10:00:00 ERROR TaskSetManager: Task 0 failed
Traceback (most recent call last):
  File "/tmp/job.py", line 3, in <module>
    raise ValueError("spec.json is of version 2")
ValueError: spec.json is of version 2
26/11/22 10:00:01 INFO ShutdownHookManager: Shutdown hook called
`
const JAVA = `26/11/22 10:00:00 INFO SparkContext: Running
Exception in thread "main" org.apache.spark.SparkException: Job aborted
\tat org.apache.spark.Main.main(Main.java:1)
Caused by: java.nio.file.AccessDeniedException: s3://lake/prod: 403
\tat org.apache.hadoop.Foo.bar(Foo.java:2)
`

describe('the last error of a log', () => {
  it.each([
    ['Python’s own', PYTHON, 'ValueError: spec.json is of version 2'],
    ['Java’s cause', JAVA, 'Caused by: java.nio.file.AccessDeniedException: s3://lake/prod: 403'],
    [
      'a line logged as an error',
      'INFO a\n26/11/22 ERROR YarnClient: no queue\nINFO b',
      '26/11/22 ERROR YarnClient: no queue',
    ],
    ['else the end', 'a\nb\n\nc\nd\ne\nf\n', 'b\nc\nd\ne\nf'],
    ['else nothing', '\n \n', undefined],
  ])('%s', (_, log, wanted) => {
    expect(lastError(log)).toBe(wanted)
  })

  it('is cut where it is long', () => {
    expect(lastError(`ValueError: ${'x'.repeat(5000)}`)?.length).toBe(1501)
  })
})

describe('secrets', () => {
  it.each([
    ['fs.s3a.secret.key=hunter2 and more', 'fs.s3a.secret.key=*** and more'],
    ['{"password": "hun ter2", "a": 1}', '{"password": ***, "a": 1}'],
    ['Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/2026, Signature=abc', 'Authorization: ***'],
    ['key AKIAIOSFODNN7EXAMPLE is unknown', 'key *** is unknown'],
    ['mongodb://me:hunter2@host/db', 'mongodb://***@host/db'],
    ['spark.executor.memory=2g', 'spark.executor.memory=2g'],
  ])('%s', (text, wanted) => {
    expect(withoutSecrets(text)).toBe(wanted)
  })
})

describe('a log in a bucket', () => {
  const patience = { ...PATIENCE, sleep: async () => undefined }
  const storeOf = (objects: Record<string, Uint8Array>, looks: string[]): ObjectStore =>
    ({
      head: async (key: string) => {
        looks.push(key)
        const body = objects[key]
        return body && { bytes: body.length, etag: '1' }
      },
      get: async (key: string) => objects[key] && { body: objects[key], etag: '1' },
      close: async () => undefined,
    }) as unknown as ObjectStore

  it('is looked for under each name, and again while it is not there', async () => {
    const looks: string[] = []
    const objects: Record<string, Uint8Array> = {}
    const store = storeOf(objects, looks)
    const waits = [1, 2]
    let waited = 0
    const sleep = async (): Promise<void> => {
      if (++waited === 2) objects['b'] = gzipSync(PYTHON)
    }
    const told = await driverError({ url: 's3://logs', keys: ['a', 'b'] }, async () => store, {
      patience: { ...patience, sleep },
      waits,
    })
    expect(told).toBe('ValueError: spec.json is of version 2')
    expect(looks).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  })

  it('that cannot be read hides nothing', async () => {
    const options = { patience, waits: [] }
    const damaged = storeOf({ a: Buffer.from([0x1f, 0x8b, 1, 2, 3]) }, [])
    expect(await driverError({ url: 's3://logs', keys: ['a'] }, async () => damaged, options)).toBeUndefined()
    const refused = async (): Promise<ObjectStore> => {
      throw new Error('403')
    }
    expect(await driverError({ url: 's3://logs', keys: ['a'] }, refused, options)).toBeUndefined()
  })
})
