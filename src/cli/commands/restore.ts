import { latestManifest, readManifest } from '../../catalog/catalog.js'
import { selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import { openLake, openSink, openSource } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { runOption } from '../options.js'
import { eachDataset } from '../steps/each-dataset.js'
import { unlessAborted, withOpen } from '../steps/resource.js'
import { parseNamespace, printRestore, restoreFacts } from '../steps/restore-step.js'
import { withDatabase } from '../steps/verify-step.js'

interface Options {
  readonly run?: string
  readonly to: string
  readonly drop?: true
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Puts the documents of a committed run back into MongoDB, byte for byte, reads them back and checks their digest. ' +
        'The run must have a lossless format: bson.gz or ejson.gz. Exit code 1 says that some could not be restored.',
    )
    .argument('[dataset]', 'name from the configuration (default: the only one)')
    .addOption(runOption())
    .requiredOption('--to <namespace>', 'DATABASE.COLLECTION to restore into, on the server of source.uri')
    .option('--drop', 'remove that collection first; without it, one that has documents is left alone')
    .addHelpText(
      'after',
      examples(
        'lakeferry restore papers --to iclr_restored.papers',
        'lakeferry restore papers --to iclr_restored.papers --drop',
        'lakeferry restore papers --run 20261122T020000.000Z-1a2b3c --to iclr_restored.papers --json',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal, io } = context
  const { run: runId, to, drop = false } = parsed.opts<Options>()
  const { database, collection } = parseNamespace(to)
  const loaded = await context.loadConfig()
  const datasets = selectDatasets(loaded.config, parsed.args)
  if (datasets.length > 1) {
    throw new LakeferryError('USAGE', {
      problem: `one dataset is restored into one collection, and there are ${datasets.length}: ${datasets.map(({ name }) => name).join(', ')}`,
      next: `Name one: lakeferry restore ${datasets[0]?.name} --to ${to}`,
    })
  }
  const config = withDatabase(loaded.config, database)
  const progress = await context.progress()
  const { restoreRun } = await import('../../proof/restore-run.js')
  let incomplete = false
  await withOpen(openLake(config), signal, lake =>
    withOpen(openSink(config), signal, sink =>
      eachDataset(context, datasets, async ({ name }, tell) => {
        const began = io.clock.now().getTime()
        const manifest = await (runId === undefined ? latestManifest(lake, name) : readManifest(lake, name, runId))
        const bar = progress.start(name)
        let inserted: number | undefined
        try {
          const openBack = () => unlessAborted(openSource(config), signal)
          const request = {
            manifest,
            collection,
            drop,
            signal,
            onProgress: bar.update,
            onInserted: (documents: number) => {
              inserted = documents
            },
          }
          const outcome = await restoreRun({ lake, sink, openSource: openBack }, request)
          const seconds = (io.clock.now().getTime() - began) / 1000
          tell({ ...restoreFacts(to, manifest, outcome), seconds })
          bar.stop()
          printRestore(out, { manifest, outcome, namespace: to, seconds })
          incomplete = outcome.refused > 0
        } catch (error) {
          bar.stop()
          // The error says what went wrong; what it left behind, only we know.
          if (inserted !== undefined)
            out.warn(
              `${to} has ${inserted} or more documents of this restore, which is not whole. To begin again: --drop`,
            )
          throw error
        }
      }),
    ),
  )
  return incomplete ? EXIT.data : EXIT.fine
}
