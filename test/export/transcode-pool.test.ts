import { serialize } from 'bson'
import { afterEach, describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import { planResources, type Resources } from '../../src/export/plan.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import { type OnPart, TranscodePool, type TranscodePoolOptions } from '../../src/export/transcode-pool.js'
import { DEFAULT_COMPRESSION } from '../../src/model/part-options.js'

const MEGABYTE = 1024 * 1024
const workerUrl = new URL('../../dist/export/worker.js', import.meta.url)
const scripted = (script: string) => new URL(`data:text/javascript,${encodeURIComponent(script)}`)

const plan: Resources = planResources({
  memoryBytes: 512 * MEGABYTE,
  workers: 2,
  partBytes: 16 * MEGABYTE,
  formats: ['json'],
  partitioned: false,
})

const pools: TranscodePool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.close()))
})

function poolOf(options: Partial<TranscodePoolOptions> = {}): TranscodePool {
  const pool = new TranscodePool({
    formats: ['json'],
    columns: [],
    tool: 'test',
    compression: DEFAULT_COMPRESSION,
    partitionBy: undefined,
    resources: plan,
    workerUrl,
    ...options,
  })
  pools.push(pool)
  return pool
}

/** Opens a segment, pushes the document and closes; gives the parts, or throws what the pool says. */
async function carry(pool: TranscodePool, document: Uint8Array, onPart?: OnPart): Promise<EncodedPart[]> {
  const parts: EncodedPart[] = []
  const lane = await pool.openSegment(async part => {
    await onPart?.(part)
    parts.push(part)
  })
  await lane.push(document, Uint32Array.of(0))
  await lane.close()
  return parts
}

const small = serialize({ _id: 'a', n: 1 })

describe('a failure in a worker', () => {
  it('is told with its code and details when it was raised on purpose', async () => {
    const room = { bytes: 5 * MEGABYTE, perText: 1, perBson: 0, memoryBytes: 300 * MEGABYTE }
    const pool = poolOf({ resources: { ...plan, room } })
    const document = serialize({ _id: 1, text: '\u0001'.repeat(4 * MEGABYTE) })
    const error = await carry(pool, document).catch((reason: unknown) => reason)
    if (!isLakeferryError(error, 'LIMITS_TOO_SMALL')) throw error
    expect(error.details.memoryBytes).toBe(300 * MEGABYTE)
    // 24 MB of text where there is room for 5.
    expect(error.details.leastBytes / MEGABYTE).toBeCloseTo(319, 1)
    expect(error.message).toMatch(/^a document of 4194\d\d\d bytes, which is \d+ bytes of JSON, needs 320MB of memory/)
  })

  it('is told to each who waits for memory, and not only to the first of them', async () => {
    const late = scripted(`
      import { parentPort } from 'node:worker_threads'
      parentPort.on('message', ({ type }) => {
        if (type === 'collect') parentPort.postMessage({ type: 'collected' })
        else setTimeout(() => { throw new Error('late') }, 300)
      })
    `)
    const pool = poolOf({ workerUrl: late, resources: { ...plan, ceilingBytes: 0 } })
    const lanes = [await pool.openSegment(async () => undefined), await pool.openSegment(async () => undefined)]
    await lanes[0]!.push(small, Uint32Array.of(0))
    const waiting = [...lanes, ...lanes].map(lane => lane.push(small, Uint32Array.of(0)))
    for (const push of waiting) await expect(push).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await expect(lanes[1]!.close()).rejects.toMatchObject({ code: 'WORKER_FAILED' })
  })

  it('is WORKER_FAILED when nobody foresaw it', async () => {
    const pool = poolOf({ workerUrl: scripted(`throw new Error('out of order')`) })
    await expect(carry(pool, small)).rejects.toMatchObject({
      code: 'WORKER_FAILED',
      message: 'a transcoding worker died: out of order',
    })
  })

  it('is WORKER_MEMORY when its heap is full', async () => {
    const greedy = scripted(`const all = []; for (;;) all.push(Array.from({ length: 10_000 }, () => ({})))`)
    const pool = poolOf({ workerUrl: greedy, resources: { ...plan, heapBytes: 16 * MEGABYTE } })
    await expect(carry(pool, small)).rejects.toMatchObject({
      code: 'WORKER_MEMORY',
      message: 'a transcoding worker had no room left in its heap of 16MB',
    })
  })
})

describe('a pool that has no memory to spare', () => {
  const tight: Resources = { ...plan, ceilingBytes: 1 }

  it('transcodes everything all the same, one block at a time', async () => {
    const pool = poolOf({ resources: tight })
    const ids = Array.from({ length: 12 }, (_, n) => n)
    const parts = await Promise.all(ids.map(n => carry(pool, serialize({ _id: n }))))
    expect(parts.flat().map(part => Buffer.from(part.body).toString())).toEqual(ids.map(n => `[{"_id":${n}}]\n`))
  })

  it('lets no block in as long as a part is on its way to the lake', async () => {
    const pool = poolOf({ resources: tight })
    const steps: string[] = []
    let arrive: () => void = () => undefined
    const arrived = new Promise<void>(resolve => {
      arrive = resolve
    })
    const first = carry(pool, small, async () => {
      steps.push('first part made')
      await arrived
    })
    const lane = await pool.openSegment(async () => undefined)
    while (steps.length === 0) await new Promise(setImmediate)
    const pushed = lane.push(small, Uint32Array.of(0)).then(() => steps.push('second block let in'))
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
    steps.push('first part there')
    arrive()
    await Promise.all([first, pushed])
    expect(steps).toEqual(['first part made', 'first part there', 'second block let in'])
    await lane.close()
  })

  it('tells those who wait when it fails', async () => {
    const pool = poolOf({ resources: tight })
    const failing = carry(pool, small, async () => {
      throw new Error('the lake is gone')
    })
    const waiting = carry(pool, small)
    await Promise.all([failing, waiting].map(one => expect(one).rejects.toThrow('the lake is gone')))
  })
})
