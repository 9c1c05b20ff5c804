import { Option } from 'commander'
import { latestManifest, readManifest } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { AGAINST, type Against } from '../../proof/against.js'
import { openEngine, openLake, openSource } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments, runOption } from '../options.js'
import { eachDataset } from '../steps/each-dataset.js'
import { unlessAborted, withOpen } from '../steps/resource.js'
import { printVerification, verifyFacts, withDatabase } from '../steps/verify-step.js'

interface Options {
  readonly run?: string
  readonly against: Against
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Proves that a committed run is whole: its parts against the manifest, its documents against their source, or both. ' +
        'Exit code 1 says that something differs, 3 that it could not be told.',
    )
    .addOption(runOption())
    .addOption(
      new Option('--against <what>', 'parts (what is on the lake), source (what is in MongoDB) or both')
        .choices(AGAINST)
        .default('parts'),
    )
    .addHelpText(
      'after',
      examples(
        'lakeferry verify',
        'lakeferry verify papers --against source',
        'lakeferry verify papers --run 20261122T020000.000Z-1a2b3c --against both',
        "lakeferry verify papers --against source --json | jq '.datasets[].missing.ids[]'",
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal, io } = context
  const { run: runId, against } = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const datasets = selectDatasets(config, parsed.args)
  const progress = await context.progress()
  const { verifyRun } = await import('../../proof/verify-run.js')
  const verdicts: (boolean | undefined)[] = []
  await withOpen(openLake(config), signal, lake =>
    eachDataset(context, datasets, async ({ name }, tell) => {
      const began = io.clock.now().getTime()
      const manifest = await (runId === undefined ? latestManifest(lake, name) : readManifest(lake, name, runId))
      const bar = progress.start(name)
      const deps = {
        lake,
        openSource: ({ database }: { readonly database: string }) =>
          unlessAborted(openSource(withDatabase(config, database)), signal),
        openEngine: () => openEngine(config, lake),
      }
      const request = { manifest, against, signal, onProgress: bar.update }
      const verification = await verifyRun(deps, request).finally(bar.stop)
      verdicts.push(verification.matches)
      tell({ ...verifyFacts(verification), seconds: (io.clock.now().getTime() - began) / 1000 })
      printVerification(out, verification)
    }),
  )
  if (verdicts.includes(false)) return EXIT.data
  return verdicts.includes(undefined) ? EXIT.service : EXIT.fine
}
