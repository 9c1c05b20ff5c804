import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { commit, runAt } from '../catalog/lake-fixture.js'
import { type Exposition, exposition } from '../support/exposition.js'
import { quietPort } from './quiet-port.js'
import { lakeferry } from './spawned.js'

let cwd: string
let port: number
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-metrics-'))
  port = await quietPort()
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    'source: {uri: "file:./gone", database: db}\nlake: {url: file:./lake}\ndatasets: {papers: {collection: papers}}\n' +
      // A day that comes once in a while.
      `schedule: {cron: "0 2 29 2 *", timezone: UTC, port: ${port}}\n`,
  )
  const lake = openFsStore({ root: join(cwd, 'lake') })
  await commit(lake, runAt(0), { documents: 12 })
  await lake.close()
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function scraped(): Promise<Exposition> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  expect(answer.status).toBe(200)
  return exposition(await answer.text())
}

/** Tried again for two minutes. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const give = Date.now() + 120_000; ; ) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > give) throw error
      await sleep(100)
    }
  }
}

describe('schedule with a port', () => {
  it('answers with the lake’s metrics while it waits for its slot, and stops when it is stopped', async () => {
    const { child, ended } = lakeferry(['schedule'], { cwd })
    try {
      const { samples } = await eventually(scraped)
      const value = (name: string): number | undefined => samples.find(sample => sample.name === name)?.value
      expect(value('lakeferry_dataset_documents')).toBe(12)
      expect(value('lakeferry_dataset_age_seconds')).toBeGreaterThan(0)
      expect(value('lakeferry_read_errors')).toBe(0)
      const second = await lakeferry(['schedule'], { cwd }).ended
      expect(second.exitCode).toBe(2)
      expect(second.stderr).toContain(`nobody can listen on 127.0.0.1:${port}`)
    } finally {
      child.kill('SIGTERM')
    }
    expect((await ended).exitCode).toBe(0)
  }, 240_000)
})
