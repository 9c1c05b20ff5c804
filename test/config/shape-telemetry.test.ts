import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TelemetryConfig } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load-config.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'lakeferry-telemetry-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function telemetry(text: string, env: Record<string, string> = {}, cwd = home): Promise<TelemetryConfig> {
  const file = join(home, 'lakeferry.yaml')
  await writeFile(file, `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:./l"}\n${text}\n`)
  return (await loadConfig({ env, cwd, flags: [], file })).config.telemetry
}

describe('telemetry of a configuration', () => {
  it('is a namespace and nothing else when it is left out', async () => {
    expect(await telemetry('')).toEqual({ namespace: 'lakeferry' })
    expect(await telemetry('telemetry: {log: auto}')).toEqual({ namespace: 'lakeferry' })
  })

  it('has a file relative to the configuration, and from the environment to where the person is', async () => {
    expect(await telemetry('telemetry: {lineage: "file:./out/l.ndjson", log: json, namespace: nightly}')).toEqual({
      ...{ log: 'json', namespace: 'nightly', lineage: `file:${join(home, 'out/l.ndjson')}` },
    })
    const env = { LAKEFERRY_TELEMETRY_LINEAGE: 'file:l.ndjson', LAKEFERRY_TELEMETRY_TRACES: 'http://h:4318' }
    expect(await telemetry('', env, '/')).toMatchObject({ lineage: 'file:/l.ndjson', traces: 'http://h:4318' })
    expect(await telemetry('telemetry: {lineage: "file:///srv/l.ndjson"}')).toMatchObject({
      lineage: 'file:/srv/l.ndjson',
    })
    const secret = { LINEAGE: 'https://u:p@h/in' }
    expect(await telemetry(`telemetry: {lineage: "\${LINEAGE}"}`, secret)).toMatchObject({
      lineage: 'https://u:p@h/in',
    })
  })

  it.each([
    ['traces: "h:4318"', 'telemetry.traces: wanted an address'],
    [
      'lineage: /srv/l.ndjson',
      'telemetry.lineage: wanted an address such as http://127.0.0.1:5000, or file: and a path',
    ],
    ['log: text', 'telemetry.log: wanted one of auto, json'],
    ['namespace: ""', 'telemetry.namespace: wanted text of 1 to 200 characters'],
    ['trace: http://h', 'unknown key telemetry.trace'],
  ])('refuses %s', async (text, wanted) => {
    await expect(telemetry(`telemetry: {${text}}`)).rejects.toThrow(wanted)
  })
})
