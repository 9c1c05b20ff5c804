import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { latestManifest } from '../../../catalog/catalog.js'
import { findDataset } from '../../../config/config.js'
import { openLake } from '../../../wire.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { runOption } from '../../options.js'
import { keptContractText } from '../../steps/kept-contract-text.js'
import { withOpen } from '../../steps/resource.js'
import { writeNew } from '../../steps/write-new.js'

interface Options {
  readonly run?: string
  readonly output?: string
  readonly force?: true
}

export function describeShow(command: Command): void {
  command
    .description(
      'Prints the contract that a run was exported with, to the byte, from the lake: to look at, or to go back to it.',
    )
    .argument('<dataset>', 'name from the configuration')
    .addOption(runOption())
    .addOption(new Option('--output <file>', 'where to write it (default: standard output)'))
    .option('--force', 'write over a file that is there')
    .addHelpText(
      'after',
      examples(
        'lakeferry contract show papers',
        'lakeferry contract show papers --run 20261122T020000.000Z-1a2b3c --output contracts/papers.odcs.yaml --force',
      ),
    )
}

export async function runShow(context: CommandContext, parsed: Command): Promise<number> {
  const { io, out, options, signal, told } = context
  const { run: named, output, force = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const { name: dataset } = findDataset(config, parsed.args[0] ?? '')
  const { runId, text, fingerprint } = await withOpen(openLake(config), signal, async lake => {
    const runId = named ?? (await latestManifest(lake, dataset)).runId
    const next = 'The version control of the contract has its older versions.'
    return { runId, ...(await keptContractText(lake, dataset, runId, next)) }
  })
  Object.assign(told.body, { dataset, runId, fingerprint, output: null })
  if (output === undefined) {
    if (options.json) told.body['content'] = text
    else out.raw(text)
    return EXIT.fine
  }
  const file = resolve(io.cwd, output)
  const there = 'Name another file, or add --force to write over it.'
  await writeNew(file, text, { there, otherwise: 'Check --output.' }, { force })
  told.body['output'] = file
  out.line(`${dataset}: the contract of run ${runId} (${fingerprint.slice(0, 12)}) written to ${output}`)
  return EXIT.fine
}
