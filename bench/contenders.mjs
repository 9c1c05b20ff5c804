import { fileURLToPath } from 'node:url'
import { measure } from './measure.mjs'
import { EXPORTS } from './product.mjs'

/**
 * What is run in turn. Each `run` measures one process, or several of which one needs what another has left, and gives
 * figures by name; `checked` says whether this round is the one in which peers prove that they did their work.
 */
export function contenders({ uri, database, product, peers }) {
  const rawReads = [
    { name: 'raw read', order: [] },
    { name: 'raw read by _id', order: ['_id'] },
  ].map(({ name, order }) => ({
    name,
    run: async ({ collection, documents }) => {
      const program = fileURLToPath(new URL('raw-read.mjs', import.meta.url))
      const whole = await measure(process.execPath, [program, uri, database, collection, ...order])
      const read = JSON.parse(whole.stdout)
      if (read.documents !== documents) throw new Error(`the raw read got ${read.documents} of ${documents} documents`)
      return { [name]: { ...whole, seconds: read.seconds } }
    },
  }))
  const exports = EXPORTS.map(kind => ({
    name: kind.name,
    run: async place => {
      const exported = await product.runExport(kind, place)
      const after = await afterwards(kind, exported.runId, place)
      product.removeRuns()
      return { [kind.name]: exported, ...after }
    },
  }))
  const others = peers.map(({ name, run }) => ({ name, run: async place => ({ [name]: await run(place) }) }))

  async function afterwards({ name }, runId, { proofs }) {
    const figures = {}
    if (!proofs) return figures
    const run = async (label, args, accept) => {
      figures[label] = await product.command([...args, '--run', runId], accept)
    }
    // Whether the data are good is not the question here: a verdict of 1 is an answer.
    if (name === 'parquet') await run('validate', ['validate', 'papers'], [0, 1])
    if (name === 'bson.gz') {
      await run('verify against the parts', ['verify', 'papers', '--against', 'parts'])
      await run('verify against MongoDB', ['verify', 'papers', '--against', 'source'])
      await run('restore', ['restore', 'papers', '--to', `${database}.papers_restored`, '--drop'])
    }
    return figures
  }
  return [...rawReads, ...exports, ...others]
}
