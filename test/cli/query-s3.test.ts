import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { makeRun } from '../ask/made-runs.js'
import { freshPrefix, s3 } from '../support/services.js'
import { jsonOf } from './cli-fixture.js'
import { lakeferry, MAIN } from './spawned.js'

it('query and diff do on S3 what they do on a directory, and a reader may stop at any time', async () => {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = await s3()
  const prefix = freshPrefix()
  const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-ask-s3-'))
  const credentials = { accessKeyId, secretAccessKey }
  const lake = await openS3Store({ endpoint, region, bucket, prefix, credentials })
  try {
    const documents = Array.from({ length: 500 }, (_, n) => ({ _id: `p${n}`, n }))
    const columns = [{ name: 'n', type: { kind: 'int32' } }] as const
    const formats = ['parquet', 'ejson.gz'] as const
    await makeRun(lake, documents, { minute: 1, columns, formats, perPart: 100 })
    await makeRun(lake, documents.slice(1), { minute: 2, columns, formats, perPart: 100 })
    await writeFile(
      join(cwd, 'lakeferry.yaml'),
      `source: {uri: "mongodb://h", database: d}\nlake: ${JSON.stringify({ url: `s3://${bucket}/${prefix}`, endpoint, region, credentials })}\n` +
        'datasets: {papers: {collection: papers}}\n',
    )
    const query = await lakeferry(['query', 'SELECT count(*), sum(n) FROM papers', '--json'], { cwd }).ended
    expect(jsonOf(query)['rows']).toEqual([[499, 124750]])
    const diff = await lakeferry(['diff', 'papers', '--json', '--ids'], { cwd }).ended
    expect(diff.exitCode).toBe(1)
    expect(jsonOf(diff)).toMatchObject({
      datasets: [{ comparedBy: 'documents', ids: [{ change: 'removed', id: '"p0"' }] }],
    })

    // Ten million rows, of which the reader takes a few and goes.
    const sql = 'SELECT a.n FROM papers a, papers b, range(40)'
    const child = spawn(process.execPath, [MAIN, 'query', sql, '--format', 'csv'], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const exitCode = await new Promise(resolve => child.once('close', resolve))
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^[\d,]+ rows in /)
    expect(Number(/^[\d,]+/.exec(stderr)![0].replaceAll(',', ''))).toBeLessThan(1_000_000)
  } finally {
    await lake.close()
    await rm(cwd, { recursive: true, force: true })
  }
})
