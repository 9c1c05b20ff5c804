import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareWorkspace } from '../../src/demo/workspace.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-workspace-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const URI = 'mongodb://127.0.0.1:12345/?directConnection=true'

describe('the demo’s folder', () => {
  it('gets a configuration for the demo’s server, and the contracts that it names', async () => {
    const workspace = await prepareWorkspace(join(folder, 'new'), URI)
    const config = await readFile(workspace.configFile, 'utf8')
    expect(config).toContain(`uri: \${MONGODB_URI:-${URI}}`)
    const named = [...config.matchAll(/contract: (\S+)/g)].map(([, file]) => file)
    expect(named).toHaveLength(2)
    expect(await readdir(workspace.directory)).toEqual(expect.arrayContaining(named))
    expect(workspace.used).toBe(false)
  })

  it('never has the credentials of a configured server in it', async () => {
    const { configFile } = await prepareWorkspace(folder, undefined)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of lakeferry.yaml
    expect(await readFile(configFile, 'utf8')).toContain('uri: ${MONGODB_URI:-mongodb://127.0.0.1:27017}')
  })

  it('is used again by the next demo', async () => {
    await prepareWorkspace(folder, 'mongodb://127.0.0.1:1/')
    const { configFile } = await prepareWorkspace(folder, URI)
    expect(await readFile(configFile, 'utf8')).toContain(URI)
  })

  it('is refused when it holds somebody’s own configuration, which stays as it is', async () => {
    await writeFile(join(folder, 'lakeferry.yaml'), 'source: {}\n')
    await expect(prepareWorkspace(folder, URI)).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 })
    expect(await readdir(folder)).toEqual(['lakeferry.yaml'])
    expect(await readFile(join(folder, 'lakeferry.yaml'), 'utf8')).toBe('source: {}\n')
  })

  it('is refused when it is a file', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(prepareWorkspace(join(folder, 'file'), URI)).rejects.toMatchObject({ code: 'USAGE' })
  })
})
