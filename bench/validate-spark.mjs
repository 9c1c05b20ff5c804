import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openFsStore } from '../dist/adapters/fs/fs-store.js'
import { loadContract } from '../dist/contract/load.js'
import { jobSpec } from '../dist/spark-job/job-spec.js'
import { validateRun } from '../dist/validate/validate-run.js'
import { measure } from './measure.mjs'
import { onPath } from './on-path.mjs'

const PROGRAM = fileURLToPath(new URL('validate_spark.py', import.meta.url))
const JOB = fileURLToPath(new URL('../spark/job.py', import.meta.url))

/**
 * Seconds of the Spark job that Lakeferry submits, and of one written by hand for the same checks, several times in turn
 * within one session: starting Java and Spark is in neither.
 *
 * @returns undefined where there is no Spark
 */
export async function sparkTimes({ lake, manifest, contract, rounds, work, say }) {
  const submit = onPath('spark-submit')
  if (submit === undefined) return undefined
  const folder = '_lakeferry/jobs/bench/'
  mkdirSync(join(lake, folder), { recursive: true })
  const spec = await specOf(lake, manifest, contract)
  writeFileSync(join(lake, folder, 'spec.json'), JSON.stringify(spec))
  const parts = join(work, 'spark-parts.json')
  writeFileSync(parts, JSON.stringify(manifest.parts.map(({ key }) => join(lake, key))))
  // job.py is imported as a module, from a place of its own.
  const modules = join(work, 'spark-modules')
  rmSync(modules, { recursive: true, force: true })
  mkdirSync(modules)
  cpSync(JOB, join(modules, 'job.py'))
  say(`validation: Spark, ${rounds} rounds in one session`)
  const settings = { 'spark.ui.enabled': 'false', 'spark.driver.memory': '1g', ...spec.session }
  const conf = Object.entries(settings).flatMap(([key, value]) => ['--conf', `${key}=${value}`])
  const python = join(submit, '..', 'python3')
  const env = { ...process.env, PYTHONPATH: modules, ...(existsSync(python) ? { PYSPARK_PYTHON: python } : {}) }
  const args = [
    '--master',
    'local[*]',
    ...conf,
    PROGRAM,
    `${lake}/`,
    folder,
    parts,
    join(work, 'spark-out'),
    String(rounds),
  ]
  const run = await measure(submit, args, { cwd: work, env })
  const [line] = run.stdout.split('\n').filter(text => text.startsWith('{"'))
  const { ours, hand, violations, version } = JSON.parse(line)
  if (violations.ours !== violations.hand)
    throw new Error(`the Spark job lists ${violations.ours} violations, and the one by hand ${violations.hand}`)
  return { ours, hand, version }
}

/** What `validate --engine spark` would submit: the request is caught on its way to the engine. */
async function specOf(root, manifest, file) {
  const lake = openFsStore({ root })
  const contract = await loadContract(file, { object: 'papers' })
  let spec
  const caught = new Error('the spec is what was wanted')
  const engine = {
    name: 'spark',
    dialect: 'spark',
    version: async () => 'none',
    run: async request => {
      spec = jobSpec(request)
      throw caught
    },
    close: async () => undefined,
  }
  const clock = { now: () => new Date() }
  await validateRun({ lake, engine, clock }, { manifest, contract, rows: false, tool: 'bench' }).catch(error => {
    if (error !== caught) throw error
  })
  await lake.close()
  return spec
}
