import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { type Moto, startMoto } from '../support/moto.js'
import { list, resolve, statementsOf } from './iam.js'
import { idsOf, synthesize } from './synthesized.js'

/**
 * The roles as somebody else's IAM reads them: that of moto, which looks at actions and resources and not at conditions. Deleting
 * is left out: moto asks for it by the bucket, where S3 asks by the object.
 */
const REGION = 'us-east-1'
const BUCKET = 'lakeferry-roles'
const RUN = '20261122T020000.000Z-1a2b3c'
const DESCRIBED = {
  exporter: 'Lakeferry: exports, validates, reports, alerts',
  validator: 'Lakeferry: validation jobs on EMR Serverless',
  reader: 'Lakeferry: reads committed runs and their reports',
}
const body = (text: string): Uint8Array => new TextEncoder().encode(text)
const stack = synthesize()

let moto: Moto
const stores: Partial<Record<keyof typeof DESCRIBED, ObjectStore>> = {}

beforeAll(async () => {
  moto = await startMoto()
  await ask('s3', `/${BUCKET}`, { method: 'PUT' })
  for (const name of Object.keys(DESCRIBED) as (keyof typeof DESCRIBED)[]) stores[name] = await storeOf(name)
  // From now on everybody is asked for rights.
  await fetch(`${moto.endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' })
})

afterAll(async () => {
  for (const store of Object.values(stores)) await store.close()
  await moto?.stop()
})

async function ask(service: string, path: string, request: RequestInit): Promise<string> {
  const scope = `x/20261122/${REGION}/${service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`
  const response = await fetch(`${moto.endpoint}${path}`, { ...request, headers: { authorization } })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

/** The lake as who has that role's policies sees it. */
async function storeOf(name: keyof typeof DESCRIBED): Promise<ObjectStore> {
  const iam = (query: Record<string, string>): Promise<string> =>
    ask('iam', '/', { method: 'POST', body: new URLSearchParams({ ...query, UserName: name, Version: '2010-05-08' }) })
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements(DESCRIBED[name]) })
  await iam({ Action: 'CreateUser' })
  await iam({ Action: 'PutUserPolicy', PolicyName: 'role', PolicyDocument })
  const key = await iam({ Action: 'CreateAccessKey' })
  const [, accessKeyId = ''] = /<AccessKeyId>(.*?)</.exec(key) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>(.*?)</.exec(key) ?? []
  const { endpoint } = moto
  const credentials = { accessKeyId, secretAccessKey }
  return openS3Store({ bucket: BUCKET, prefix: 'lake', region: REGION, endpoint, credentials })
}

function statements(description: string): object[] {
  const [bucketId = ''] = idsOf(stack, 'AWS::S3::Bucket')
  const [role = ''] = idsOf(stack, 'AWS::IAM::Role').filter(
    id => stack.resources[id]?.Properties.Description === description,
  )
  return statementsOf(stack, role)
    .filter(({ Action }) => list(Action).some(action => action.startsWith('s3:')))
    .map(({ Effect, Action, Resource }) => ({
      Effect,
      Action,
      Resource: list(Resource).map(resource => resolve(stack, resource).replace(bucketId, BUCKET)),
    }))
}

const keysOf = async (store: ObjectStore): Promise<string[]> => {
  const keys: string[] = []
  for await (const { key } of store.list('')) keys.push(key)
  return keys
}

describe('with IAM in force', () => {
  const manifest = lakeKey.manifest('papers', RUN)
  const spec = `${lakeKey.job('papers', RUN, '01')}spec.json`
  const refused = { code: 'LAKE_FORBIDDEN' }

  it('the exporter commits once, sees what is not there, and sends large bodies in parts', async () => {
    const exporter = stores.exporter!
    expect(await exporter.putIfAbsent(manifest, body('{}'))).toBe('created')
    expect(await exporter.putIfAbsent(manifest, body('{}'))).toBe('exists')
    expect(await exporter.get('papers/none')).toBeUndefined()
    await exporter.put(spec, body('{}'))
    await exporter.put('papers/large', new Uint8Array(33 * 1024 * 1024))
    expect(await exporter.head('papers/large')).toMatchObject({ bytes: 33 * 1024 * 1024 })
    for await (const leftover of exporter.leftovers()) expect.unreachable(leftover.id)
    expect(await keysOf(exporter)).toEqual([spec, 'papers/large', manifest])
  })

  it('the reader reads what is committed, and neither the bookkeeping nor writes', async () => {
    const reader = stores.reader!
    expect((await reader.get(manifest))?.body).toEqual(body('{}'))
    expect(await reader.get('papers/none')).toBeUndefined()
    await expect(reader.get(spec)).rejects.toMatchObject(refused)
    await expect(reader.put('papers/mine', body('x'))).rejects.toMatchObject(refused)
  })

  it('the validator reads all, and writes into its folder only', async () => {
    const validator = stores.validator!
    expect((await validator.get(manifest))?.body).toEqual(body('{}'))
    await validator.put(spec.replace('spec', 'answers'), body('{}'))
    for (const key of ['papers/mine', manifest, lakeKey.pointer('papers'), lakeKey.alerts]) {
      await expect(validator.put(key, body('x')), key).rejects.toMatchObject(refused)
    }
  })
})
