import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.mjs'
import { onPath } from './on-path.mjs'
import { sparkTimes } from './validate-spark.mjs'

const BARE = fileURLToPath(new URL('bare-duckdb.mjs', import.meta.url))
const CONTRACT = fileURLToPath(new URL('papers.odcs.yaml', import.meta.url))

/** Names on the page. */
export const OURS = 'lakeferry validate'
export const BY_HAND = 'DuckDB by hand'
export const DATACONTRACT = 'datacontract-cli'

/**
 * One run, held to its contract by ours and by others: whole processes in turn, and Spark's jobs within one session. Each
 * has to find as many failing documents of each rule as the others, or the round fails.
 *
 * @returns figures by name, as in main.mjs; `spark`: seconds by name; `missing`: what is not here, hence not measured
 */
export async function measureValidation({ product, collection, rounds, work, say }) {
  const exported = await product.runExport({ formats: ['parquet'] }, collection)
  const { lake } = product
  const folder = join(lake, 'papers', `run=${exported.runId}`)
  const manifest = JSON.parse(readFileSync(join(folder, '_manifest.json'), 'utf8'))
  const parts = manifest.parts.map(({ key }) => join(lake, key))
  const datacontract = onPath('datacontract')
  const missing = datacontract === undefined ? ['datacontract'] : []
  const versions = {
    [DATACONTRACT]: datacontract && execFileSync(datacontract, ['--version'], { encoding: 'utf8' }).trim(),
  }
  const turns = [
    {
      name: OURS,
      run: async () => {
        // A verdict that is there is told again and not reached again.
        rmSync(join(lake, 'validation-reports'), { recursive: true, force: true })
        const run = await product.command(['validate', 'papers', '--run', exported.runId], [0, 1])
        const { rules } = JSON.parse(run.stdout).datasets[0]
        return { run, violated: Object.fromEntries(rules.map(({ id, violated }) => [id, violated])) }
      },
    },
    {
      name: BY_HAND,
      run: async () => {
        const out = join(work, 'violations.json.gz')
        rmSync(out, { force: true })
        const run = await measure(process.execPath, [BARE, out, ...parts], { cwd: work })
        return { run, violated: JSON.parse(run.stdout).violated }
      },
    },
    ...(datacontract === undefined
      ? []
      : [{ name: DATACONTRACT, run: () => runDatacontract(datacontract, folder, work) }]),
  ]
  const figures = new Map(turns.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    let wanted
    for (let turn = 0; turn < turns.length; turn++) {
      const { name, run } = turns[(turn + round) % turns.length]
      say(`validation, round ${round} of ${rounds}${round === 0 ? ' (not counted)' : ''}: ${name}`)
      const measured = await run()
      if (measured.violated !== undefined) {
        wanted ??= measured.violated
        requireSame(name, measured.violated, wanted)
      }
      if (round > 0) figures.get(name).push(measured.run)
    }
  }
  const spark = await sparkTimes({ lake, manifest, contract: CONTRACT, rounds, work, say })
  if (spark === undefined) missing.push('spark-submit')
  product.removeRuns()
  return { figures, spark, missing, versions, documents: manifest.documents }
}

function requireSame(name, found, wanted) {
  for (const rule of new Set([...Object.keys(found), ...Object.keys(wanted)])) {
    if (found[rule] !== wanted[rule])
      throw new Error(`${name} finds ${found[rule]} documents that break ${rule}, and not ${wanted[rule]}`)
  }
}

/**
 * The same contract, but for the rule that is ours alone, with a server section. It tells violations by the number only,
 * takes no types of Parquet files, and lists no documents.
 */
async function runDatacontract(program, folder, work) {
  const contract = join(work, 'datacontract.yaml')
  const text = readFileSync(CONTRACT, 'utf8').replace(/\n {8}quality:\n {10}- \{type: custom.*/, '')
  const server = `servers:\n  - {server: lake, type: local, format: parquet, path: "${folder}/parquet/*.parquet"}\n`
  writeFileSync(contract, `${text}\n${server}`)
  return { run: await measure(program, ['test', contract], { cwd: work, accept: [0, 1] }) }
}
