import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshDatabase, mongo } from '../support/services.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

it('demo reports what was planted, as documented, and leaves commands that work on its lake', async () => {
  // So that the program is installed: the demo then starts a server of its own.
  await mongo()
  const cwd = await mkdtemp(join(tmpdir(), `lakeferry-demo-${freshDatabase()}`))
  try {
    const demo = ['demo', '--papers', '300', '--comments', '300', '--json', '--dir', 'here']
    const invocation = await lakeferry(demo, { cwd }).ended
    const json = jsonOf(invocation)
    expect(differences(json, documentedShape('demo')), invocation.stderr).toEqual([])
    expect(invocation.exitCode).toBe(0)
    expect(json).toMatchObject({ ok: true, config: join(cwd, 'here/lakeferry.yaml') })
    const status = await lakeferry(['status', '--config', 'here/lakeferry.yaml'], { cwd }).ended
    expect(status).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('breaks its contract') })
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
})
