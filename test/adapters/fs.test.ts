import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { objectStoreSuite } from '../ports/object-store-suite.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lakeferry-fs-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

objectStoreSuite('file:', async () =>
  openFsStore({ root: join(await mkdtemp(join(directory, 'lake-')), 'not-made-yet') }),
)
