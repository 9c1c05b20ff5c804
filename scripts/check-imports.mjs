// Who may import whom in src/, with the reason, and no cycles. docs/architecture.md draws the same picture.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../src', import.meta.url))

/** room: [rooms it may import, packages it may import, reason]. A room is a folder of src/, adapters/x its own each. */
const PURE = ['model', 'errors']
const ROOMS = {
  errors: [[], [], 'everything may raise an error, so errors may depend on nothing'],
  model: [['errors'], [], 'shapes and pure functions that every room shares'],
  hot: [[], [], 'the inner loops’ compiled module and its memory; what they mean, bson and parquet know'],
  parquet: [[...PURE, 'hot'], ['@toondepauw/node-zstd'], 'a file format, pure: bytes in, bytes out'],
  bson: [
    [...PURE, 'parquet', 'hot'],
    ['bson'],
    'pure; writes columns in Parquet’s own encoding, so that nothing is copied twice',
  ],
  contract: [PURE, ['yaml', 'fastest-levenshtein'], 'a contract means the same whatever runs it'],
  host: [[], [], 'what the operating system tells of processes, for locks and claims'],
  ports: [PURE, [], 'contracts with the outside name no implementation'],
  config: [
    PURE,
    ['yaml', 'ajv', 'bson', 'croner', 'fastest-levenshtein'],
    'configuration knows no adapter; wire.ts picks them',
  ],
  catalog: [[...PURE, 'ports', 'host'], [], 'reads what is committed on the lake, for every use case that needs it'],
  export: [
    [...PURE, 'ports', 'bson', 'parquet', 'hot', 'catalog', 'host'],
    [],
    'the use case sees the outside through ports only',
  ],
  ingest: [[...PURE, 'ports', 'bson'], ['bson'], 'the use case sees the outside through ports only'],
  validate: [
    [...PURE, 'ports', 'contract', 'catalog'],
    [],
    'rules mean the same on every engine; the engine is behind its port',
  ],
  anomaly: [
    [...PURE, 'ports', 'catalog', 'validate'],
    [],
    'works from manifests and profiles; its statements are written with the words of the dialects that validate has',
  ],
  proof: [
    [...PURE, 'ports', 'bson', 'parquet', 'ingest'],
    [],
    'reads a run with the parsers of import and no part of the exporter: a proof by the code that it is about proves little',
  ],
  ask: [
    [...PURE, 'ports', 'bson', 'catalog', 'ingest', 'proof'],
    ['fastest-levenshtein'],
    'reads committed runs through the ports; the documents of lossless parts by the checked reading that proofs use',
  ],
  'spark-job': [
    [...PURE, 'ports'],
    [],
    'what a Spark job is asked and answers, whoever runs it: the runner is behind its port',
  ],
  'remote-job': [
    [...PURE, 'ports'],
    [],
    'what the runners of jobs on somebody else’s Spark share; it names no service and no SDK',
  ],
  channel: [
    [...PURE, 'ports'],
    [],
    'what the channels of alerts share: one HTTP request, and errors without secrets; it names no service and no SDK',
  ],
  suggest: [
    [...PURE, 'ports', 'contract', 'catalog'],
    [],
    'asks a run about its values through the engine; what a contract says of them is the contract room’s to decide',
  ],
  report: [[...PURE, 'ports', 'catalog'], [], 'a report is a function of results'],
  monitor: [
    [...PURE, 'ports', 'catalog', 'host', 'anomaly'],
    [],
    'works from what the lake says of its runs; what is unusual in a volume is what the anomaly room calls so',
  ],
  alert: [
    [...PURE, 'ports', 'catalog'],
    [],
    'the life of an alert is a function of what the monitor saw and of its own state',
  ],
  schedule: [[...PURE, 'ports', 'catalog', 'host'], ['croner'], 'decides when, and who; what is run is behind a port'],
  telemetry: [[...PURE, 'ports'], [], 'says in standard words what happened; who carries it is an adapter’s to know'],
  retain: [
    [...PURE, 'ports', 'catalog', 'host'],
    [],
    'decides what of a lake nobody needs, through the port; what is committed it knows from the catalogue',
  ],
  demo: [
    [...PURE, 'ports'],
    ['mongodb', 'mongodb-memory-server'],
    'finds a MongoDB and makes papers; no part of the pipeline',
  ],
  adapters: [
    ['ports', 'host', 'remote-job', 'channel', ...PURE],
    ['*'],
    'an adapter knows its own SDK and its port, never another adapter',
  ],
  http: [
    [],
    ['json-schema-to-ts'],
    'the HTTP contract: schemas, and the types that are made of them; the dashboard has it, too',
  ],
  app: [
    [...PURE, 'ports', 'bson', 'http'],
    ['bson'],
    'the real-time application: papers and comments as they are now; it knows nothing of exports',
  ],
  server: [
    [
      ...PURE,
      'wire',
      'config',
      'http',
      'app',
      'ports',
      'catalog',
      'report',
      'monitor',
      'alert',
      'telemetry',
      'export',
      'validate',
      'anomaly',
      'contract',
      'schedule',
      'proof',
    ],
    ['*'],
    'routes call use cases through wire, as commands do',
  ],
  wire: [['*', '!cli', '!server'], [], 'the only place that picks adapters'],
  cli: [
    [
      ...PURE,
      'wire',
      'config',
      'catalog',
      'export',
      'ingest',
      'validate',
      'anomaly',
      'report',
      'monitor',
      'alert',
      'schedule',
      'telemetry',
      'retain',
      'proof',
      'ask',
      'remote-job',
      'demo',
      'server',
      'ports',
      'contract',
      'suggest',
    ],
    ['*'],
    'commands call use cases through wire',
  ],
  index: [['*', '!cli', '!server'], [], 'what a library user may import'],
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const roomOf = file => {
  const [first, second] = file.replaceAll('\\', '/').split('/')
  if (first === 'adapters' && second !== undefined) return `adapters/${second.replace(/\.ts$/, '')}`
  return first.replace(/\.ts$/, '')
}
const problems = []
const edges = new Map()

for (const file of files) {
  const room = roomOf(file)
  const rule = ROOMS[room.split('/')[0]]
  if (!rule) {
    problems.push(`src/${file}: the room ${room} is not in scripts/check-imports.mjs: give it a line, with a reason`)
    continue
  }
  const [rooms, packages, reason] = rule
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  const targets = []
  for (const [, typeOnly, specifier] of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g,
  ))
    targets.push([specifier, Boolean(typeOnly)])
  for (const [, specifier] of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) targets.push([specifier, true])
  for (const [specifier, lazyOrType] of targets) {
    if (specifier.startsWith('node:')) continue
    if (!specifier.startsWith('.')) {
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
      if (!packages.includes('*') && !packages.includes(name))
        problems.push(`src/${file}: ${room} may not import the package ${name}: ${reason}`)
      continue
    }
    const target = relative(root, normalize(join(root, dirname(file), specifier)))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts')
    if (target.startsWith('..')) continue // package.json, schema/: data, not code
    const targetRoom = roomOf(target)
    if (!lazyOrType) edges.set(file, [...(edges.get(file) ?? []), target])
    if (targetRoom === room) continue
    const top = targetRoom.split('/')[0]
    const allowed = (rooms.includes('*') && !rooms.includes(`!${top}`)) || rooms.includes(top)
    if (!allowed)
      problems.push(
        `src/${file}: ${room} may not import ${targetRoom} (it may: ${rooms.join(', ') || 'nothing'}): ${reason}`,
      )
  }
}

const state = new Map()
const visit = (file, path) => {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open') {
    problems.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    return
  }
  state.set(file, 'open')
  for (const target of edges.get(file) ?? []) visit(target, [...path, file])
  state.set(file, 'done')
}
for (const file of edges.keys()) visit(file, [])

for (const problem of problems) console.error(problem)
console.log(`import rules: ${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
