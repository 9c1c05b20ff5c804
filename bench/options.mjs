import { parseArgs } from 'node:util'

/** What `npm run bench -- …` takes; bench/README.md explains. */
export function benchOptions(argv, env) {
  const { values } = parseArgs({
    args: argv,
    options: {
      documents: { type: 'string' },
      many: { type: 'string' },
      runs: { type: 'string' },
      server: { type: 'string' },
      papers: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const documents = whole('documents', values.documents ?? (quick ? '20000' : '200000'))
  return {
    documents,
    /** The second, larger collection, for memory: 0 leaves it out. */
    many: whole('many', values.many ?? String(5 * documents)),
    runs: whole('runs', values.runs ?? (quick ? '1' : '5')),
    /** Over which the memory of the API's server is watched. */
    apiRequests: quick ? 10_000 : 100_000,
    server: values.server,
    /** Empty means that there are none. */
    papers: values.papers ?? env.LAKEFERRY_BENCH_PAPERS ?? '',
    only: values.only?.split(';').map(name => name.trim()),
    // The page is of one whole run; a glance or a part of it must not take its place.
    writesPage: !quick && values.only === undefined,
  }
}

function whole(name, text) {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number, not ${text}`)
  return value
}
