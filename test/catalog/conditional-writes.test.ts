import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { probeConditionalWrites } from '../../src/catalog/conditional-writes.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { failure, keysOf, text } from '../ports/object-store-suite.js'
import { faulty, unreachable, withoutConditions } from '../support/faulty-store.js'
import { freshPrefix, s3 } from '../support/services.js'

const KEY = '_lakeferry/probe'
let root: string
let lake: ObjectStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-probe-'))
  lake = openFsStore({ root })
})
afterEach(() => rm(root, { recursive: true, force: true }))

it('is content with a directory and with an S3 bucket, and leaves nothing behind', async () => {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = await s3()
  const credentials = { accessKeyId, secretAccessKey }
  const remote = await openS3Store({ endpoint, bucket, region, credentials, prefix: freshPrefix() })
  for (const store of [lake, remote]) {
    await probeConditionalWrites(store, KEY)
    expect(await keysOf(store, '')).toEqual([])
  }
  await remote.close()
})

it.each(['absent', 'match'] as const)('refuses a store that ignores the condition %s', async ignored => {
  const error: unknown = await probeConditionalWrites(withoutConditions(lake, ignored), KEY).catch(e => e)
  expect(error).toMatchObject({ code: 'LAKE_NO_CONDITIONAL_WRITE' })
  expect(String(error)).toContain(ignored === 'absent' ? 'If-None-Match' : 'If-Match')
  expect(await keysOf(lake, '')).toEqual([])
})

it('works over what an interrupted probe left behind', async () => {
  await lake.put(KEY, text('left behind'))
  await probeConditionalWrites(lake, KEY)
  expect(await keysOf(lake, '')).toEqual([])
})

it('raises what is wrong with the lake rather than that it could not clean up', async () => {
  const deaf = faulty(withoutConditions(lake, 'absent'), call => (call === 'delete' ? unreachable() : undefined))
  expect(await failure(probeConditionalWrites(deaf, KEY))).toBe('LAKE_NO_CONDITIONAL_WRITE')
  const sticky = faulty(lake, call => (call === 'delete' ? unreachable() : undefined))
  expect(await failure(probeConditionalWrites(sticky, KEY))).toBe('LAKE_UNREACHABLE')
})
