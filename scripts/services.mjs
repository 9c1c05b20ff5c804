// The services that the tests use, for people: `install` puts them into .services/, `start` runs them until Ctrl-C.
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const USAGE = 'usage: node scripts/services.mjs install|start'
// The one place that knows how each starts is TypeScript, which Node 20 cannot read by itself.
const load = async file =>
  (await runnerImport(fileURLToPath(new URL(`../test/support/${file}`, import.meta.url)), { logLevel: 'error' })).module

async function install() {
  const { secantusProgram, weedProgram, motoProgram, sparkProgram, s3aJarFiles, mongoTools } = await load('programs.ts')
  const programs = await Promise.all([secantusProgram(), weedProgram(), motoProgram(), sparkProgram()])
  for (const program of programs) console.log(program)
  // Some tests are skipped without these, so that no Maven or no Go is no reason to fail.
  for (const install of [s3aJarFiles, mongoTools]) {
    const installed = await install().catch(error => console.error(`skipped: ${error.message}`))
    for (const path of [installed ?? []].flat()) console.log(path)
  }
}

async function start() {
  const { startServices } = await load('start-services.ts')
  const services = await startServices()
  const { uri } = services.mongo
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = services.s3
  console.log(`MONGODB_URI='${uri}'`)
  console.log(`AWS_ENDPOINT_URL_S3='${endpoint}' # bucket ${bucket}, path style`)
  console.log(`AWS_REGION='${region}' AWS_ACCESS_KEY_ID='${accessKeyId}' AWS_SECRET_ACCESS_KEY='${secretAccessKey}'`)
  console.log(`# process ids: MongoDB ${services.mongo.pid}, S3 ${services.s3.pid}. Running until Ctrl-C.`)
  const signal = await new Promise(resolve => {
    // The services do not keep this process alive, and that is all it is for.
    const alive = setInterval(() => undefined, 60_000)
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.once(name, () => {
        clearInterval(alive)
        resolve(name)
      })
    }
  })
  console.log(`\n${signal}: stopping.`)
  await services.stop()
}

const commands = { install, start }
const command = commands[process.argv[2]]
if (command === undefined || process.argv.length > 3) {
  console.error(USAGE)
  process.exitCode = 2
} else {
  try {
    await command()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
