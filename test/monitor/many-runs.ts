import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { movePointer } from '../../src/catalog/catalog.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson, type Manifest } from '../../src/model/manifest.js'
import type { RunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { manifestOf } from '../catalog/lake-fixture.js'
import { judge, runBefore } from './watched-lake.js'

/**
 * Puts so many committed and judged runs into a `file:` lake, with as many objects each, and the pointer at the newest. As
 * files: a lake would sync each of them, and nobody is to read these after a power cut.
 */
export async function manyRuns(lake: ObjectStore, root: string, runs: number): Promise<RunId> {
  const write = async (key: string, body: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, key)), { recursive: true })
    await writeFile(join(root, key), body)
  }
  let newest: Manifest | undefined
  for (let run = runs; run > 0; run--) {
    const runId = runBefore(run * 30)
    const parts = Array.from({ length: Math.ceil(runs / 20) }, (_, part) => ({
      key: lakeKey.part('papers', runId, 'parquet', part),
      bytes: 1,
    })) as unknown as Manifest['parts']
    newest = manifestOf(runId, { documents: 9, parts })
    await write(lakeKey.manifest('papers', runId), encodeJson(newest))
    for (const { key } of parts.slice(0, 3)) await write(key, new Uint8Array(1))
    await write(lakeKey.report('papers', runId, 'report.html'), new Uint8Array(1))
  }
  if (newest === undefined) throw new RangeError('no runs')
  await movePointer(lake, newest)
  await judge(lake, newest.runId)
  return newest.runId
}
