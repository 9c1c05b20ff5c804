// One export, for test/support/dying-export.ts: a file of its own, because worker threads take over the flags of `node -e`.

import { openFsStore } from '../../dist/adapters/fs/fs-store.js'
import { openMongoSource } from '../../dist/adapters/mongo/mongo-source.js'
import { withRetry } from '../../dist/adapters/retry.js'
import { openS3Store } from '../../dist/adapters/s3/s3-store.js'
import { exportDataset } from '../../dist/export/export-dataset.js'

const { uri, database, lake, order, resume = false, runId, kill } = JSON.parse(process.argv[2])
const inner = withRetry(lake.root === undefined ? await openS3Store(lake) : openFsStore(lake))
let writes = 0
const die = () => {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
const store = { ...inner }
for (const name of ['putIfAbsent', 'putIfMatch', 'put', 'delete']) {
  store[name] = async (...args) => {
    const write = ++writes
    if (write === kill?.write && kill.when === 'before') die()
    const answer = await inner[name](...args)
    if (write === kill?.write && kill.when === 'after') die()
    return answer
  }
}
const source = await openMongoSource({ uri, database })
try {
  const { manifest, resumed } = await exportDataset(
    { source, lake: store, clock: { now: () => new Date() } },
    {
      dataset: 'papers',
      collection: 'papers',
      formats: ['ndjson.gz', 'parquet'],
      tool: 'lakeferry test',
      partBytes: 20000,
      order,
      resume,
      ...(runId && { runId }),
    },
  )
  const { documents, digest } = manifest
  process.stdout.write(JSON.stringify({ runId: manifest.runId, documents, digest, resumed, writes }))
} catch (error) {
  process.stderr.write(String(error.code ?? error.stack))
} finally {
  await source.close()
  await inner.close()
}
