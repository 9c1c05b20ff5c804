import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { latestManifest, readManifest } from '../../../catalog/catalog.js'
import { findDataset } from '../../../config/config.js'
import { openEngine, openLake } from '../../../wire.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { runOption } from '../../options.js'
import { withOpen } from '../../steps/resource.js'
import { runsBeside } from '../../steps/runs-beside.js'
import { writeNew } from '../../steps/write-new.js'

interface Options {
  readonly run?: string
  readonly output?: string
  readonly force?: true
  readonly keepColumns?: true
}

const ADVICE = {
  there: 'Name another file, or add --force; `lakeferry contract diff` compares two.',
  otherwise: 'Check --output.',
}

export function describeSuggest(command: Command): void {
  command
    .description(
      'Writes a contract from a committed run: types, what is required, lists of values, ranges, lengths, patterns, keys, ' +
        'each with its evidence in a comment. Every document of the run was looked at, and satisfies it.',
    )
    .argument('<dataset>', 'name from the configuration')
    .addOption(runOption())
    .addOption(new Option('--output <file>', 'where to write it (default: standard output)'))
    .option('--force', 'write over a file that is there')
    .option(
      '--keep-columns',
      'only the columns that the run has, with their types, so that this very run can be validated with it',
    )
    .addHelpText(
      'after',
      examples(
        'lakeferry contract suggest papers',
        'lakeferry contract suggest papers --output contracts/papers.odcs.yaml',
        'lakeferry contract suggest papers --run 20261122T020000.000Z-1a2b3c --keep-columns --output papers.odcs.yaml',
      ),
    )
}

export async function runSuggest(context: CommandContext, parsed: Command): Promise<number> {
  const { io, out, options, signal, told } = context
  const { run: runId, output, force = false, keepColumns = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const { name: dataset, contract } = findDataset(config, parsed.args[0] ?? '')
  const { suggestContract } = await import('../../../suggest/suggest-contract.js')
  const { manifest, suggestion } = await withOpen(openLake(config), signal, lake =>
    withOpen(openEngine(config, lake, { kind: 'duckdb' }), signal, async engine => {
      const manifest = await (runId === undefined ? latestManifest(lake, dataset) : readManifest(lake, dataset, runId))
      const others = await runsBeside(
        lake,
        manifest,
        config.datasets.map(({ name }) => name),
      )
      const request = { manifest, others, keepColumns, signal }
      return { manifest, suggestion: await suggestContract({ lake, engine }, request) }
    }),
  )
  const { text, ...facts } = suggestion
  Object.assign(told.body, { dataset, runId: manifest.runId, ...facts, output: null })
  if (output === undefined) {
    if (options.json) told.body['content'] = text
    else out.raw(text)
  } else {
    const file = resolve(io.cwd, output)
    await writeNew(file, text, ADVICE, { force })
    told.body['output'] = file
    out.line(
      `${dataset}: a contract of ${facts.fields} fields, suggested from run ${manifest.runId}, written to ${output}`,
    )
  }
  if (facts.changed.length > 0)
    out.note(
      `${facts.changed.length} of ${facts.fields} fields have a better type than the run's columns: export again before you validate, ` +
        'or take --keep-columns.',
    )
  if (output !== undefined && contract !== resolve(io.cwd, output))
    out.note(`Next: set datasets.${dataset}.contract in the configuration to this file.`)
  return EXIT.fine
}
