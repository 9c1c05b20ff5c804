import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FORMATS } from '../dist/model/format.js'
import { measure } from './measure.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'dist/bin/main.js')
const contract = join(root, 'bench/papers.odcs.yaml')

/** What is exported, in which formats; the others are the first with another codec. */
export const EXPORTS = [
  { name: 'parquet', formats: ['parquet'] },
  { name: 'parquet, snappy', formats: ['parquet'], parquet: 'snappy' },
  { name: 'parquet, uncompressed', formats: ['parquet'], parquet: 'none' },
  ...FORMATS.filter(format => format !== 'parquet').map(format => ({ name: format, formats: [format] })),
  { name: 'all five', formats: [...FORMATS] },
]

/** The built command, `file:` lake, whole processes. */
export function lakeferry({ uri, database, work }) {
  const lake = join(work, 'lake')
  const config = join(work, 'lakeferry.yaml')

  /** What is the default is left out: measured is what people get. */
  const configure = (collection, parquet) =>
    writeFileSync(
      config,
      [
        `source: {uri: "${uri}", database: ${database}}`,
        `lake: {url: "file:${lake}"}`,
        `datasets: {papers: {collection: ${collection}, contract: "${contract}"${parquet === undefined ? '' : `, compression: {parquet: ${parquet}}`}}}`,
      ].join('\n'),
    )
  const command = (args, accept = [0]) =>
    measure(process.execPath, [cli, ...args, '--config', config, '--json', '--quiet'], { cwd: work, accept })
  const runExport = async ({ formats, parquet }, { collection, documents }) => {
    configure(collection, parquet)
    const run = await command(['export', 'papers', '--format', formats.join(',')])
    const [dataset] = JSON.parse(run.stdout).datasets
    if (dataset.documents !== documents) throw new Error(`${formats}: ${dataset.documents} of ${documents} documents`)
    return { ...run, lakeBytes: dataset.bytes, runId: dataset.runId }
  }
  const removeRuns = () => rmSync(lake, { recursive: true, force: true })
  return { command, runExport, removeRuns, lake }
}
