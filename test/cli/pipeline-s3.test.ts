// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

it('doctor, import, run and status do on S3 what they do on a directory', async () => {
  const [{ uri }, storage] = await Promise.all([mongo(), s3()])
  const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-s3-'))
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = storage
  const keys = '    accessKeyId: ${KEY}\n    secretAccessKey: ${SECRET}\n'
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: ${freshDatabase()}}\n` +
      `lake:\n  url: s3://${bucket}/${freshPrefix()}\n  endpoint: ${endpoint}\n  region: ${region}\n  credentials:\n${keys}` +
      'datasets: {papers: {collection: papers, contract: c.yaml}}\n',
  )
  const property = '{name: title, logicalType: string, required: true}'
  await writeFile(
    join(cwd, 'c.yaml'),
    `apiVersion: v3.1.0\nkind: DataContract\nid: c\nname: c\nversion: 1.0.0\nstatus: active\nschema: [{name: papers, properties: [${property}]}]\n`,
  )
  await writeFile(join(cwd, 'papers.jsonl'), '{"_id": 1, "title": "a"}\n{"_id": 2}\n')
  const call = async (secret: string, command: string, ...argv: string[]) => {
    const env = { KEY: accessKeyId, SECRET: secret }
    const invocation = await lakeferry([command, '--json', ...argv], { cwd, env }).ended
    const json = jsonOf(invocation)
    if (json['error'] === undefined) expect(differences(json, documentedShape(command)), invocation.stderr).toEqual([])
    expect(invocation.stdout + invocation.stderr).not.toContain(secret)
    return { exitCode: invocation.exitCode, json }
  }
  try {
    expect((await call(secretAccessKey, 'import', 'papers.jsonl', '--collection', 'papers')).exitCode).toBe(0)
    expect((await call(secretAccessKey, 'doctor')).exitCode).toBe(0)
    const run = await call(secretAccessKey, 'run')
    expect(run).toMatchObject({ exitCode: 1, json: { datasets: [{ documents: 2, violations: 1 }] } })
    expect(await call(secretAccessKey, 'status')).toMatchObject({
      exitCode: 1,
      json: { datasets: [{ state: 'fresh', status: 'fail' }] },
    })
    const wrong = await call('wrong-secret', 'doctor')
    expect(wrong.exitCode).toBe(3)
    expect(wrong.json['checks']).toContainEqual(
      expect.objectContaining({ name: 'lake', ok: false, detail: expect.stringContaining('LAKE_FORBIDDEN') }),
    )
    expect(await call('wrong-secret', 'status')).toMatchObject({
      exitCode: 3,
      json: { datasets: [{ state: 'unknown' }] },
    })
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
})
