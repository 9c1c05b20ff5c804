import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { type ReadViolationsOptions, readViolations } from '../../src/catalog/violations.js'
import type { ValidationResult, Violation } from '../../src/model/result.js'
import type { ObjectStore } from '../../src/ports/object-store.js'

let folder: string
let lake: ObjectStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-violations-'))
  lake = openFsStore({ root: folder })
})
afterEach(async () => {
  await lake.close()
  await rm(folder, { recursive: true, force: true })
})

const violation = (id: string): Violation => ({ _id: id, rule: 'r', column: 'c', value: null, reason: 'because' })
const result = (count: number, keys: readonly string[]): ValidationResult =>
  ({ violations: { count, keys } }) as unknown as ValidationResult

async function put(key: string, ids: readonly string[]): Promise<void> {
  await lake.put(key, gzipSync(ids.map(id => `${JSON.stringify(violation(id))}\n`).join('')))
}

async function read(of: ValidationResult, options?: ReadViolationsOptions): Promise<string[]> {
  const ids: string[] = []
  for await (const { _id } of readViolations(lake, of, options)) ids.push(_id)
  return ids
}

describe('violations', () => {
  it('come in the order of the parts, all or as many as are wanted', async () => {
    await put('a.gz', ['1', '2'])
    await put('b.gz', ['3'])
    const of = result(3, ['a.gz', 'b.gz'])
    expect(await read(of)).toEqual(['1', '2', '3'])
    expect(await read(of, { limit: 2 })).toEqual(['1', '2'])
    expect(await read(of, { limit: 3 })).toEqual(['1', '2', '3'])
    expect(await read(of, { limit: 0 })).toEqual([])
    expect(await read(result(0, []))).toEqual([])
  })

  it('are not read further than wanted', async () => {
    await put('a.gz', ['1', '2'])
    expect(await read(result(9, ['a.gz', 'gone.gz']), { limit: 2 })).toEqual(['1', '2'])
  })

  it('that are fewer or more than the result says are an error, not an end', async () => {
    await put('a.gz', ['1', '2'])
    await expect(read(result(3, ['a.gz']))).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { key: 'a.gz', wanted: '3 violations', got: '2' },
    })
    await expect(read(result(1, ['a.gz']))).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
    await expect(read(result(2, []))).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
  })

  it('of a part that is gone, no gzip or no JSON are an error', async () => {
    await expect(read(result(1, ['gone.gz']))).rejects.toMatchObject({ code: 'LAKE_OBJECT_MISSING' })
    await lake.put('text.gz', new TextEncoder().encode('no gzip'))
    await expect(read(result(1, ['text.gz']))).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
    await lake.put('broken.gz', gzipSync('{"_id":\n'))
    await expect(read(result(1, ['broken.gz']))).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
  })
})
