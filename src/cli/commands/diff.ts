import { findDataset } from '../../config/config.js'
import type { ScratchDatabase } from '../../ports/scratch-database.js'
import { openLake, openScratchDatabase } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { wholeNumber } from '../options.js'
import { diffFacts, printAllIds, printDifference, writeAllIds } from '../steps/diff-step.js'
import { withOpen } from '../steps/resource.js'

/** Documents of each kind that are shown. */
const DEFAULT_SAMPLES = 10

interface Options {
  readonly by?: string
  readonly ids?: true
  readonly samples: number
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Tells which documents were added, removed and changed between two committed runs of a dataset, and in which fields. ' +
        'Exit code 1 says that there is a difference.',
    )
    .argument('<dataset>', 'name from the configuration')
    .argument('[from]', 'the older run: an id, latest or previous (default: previous)')
    .argument('[to]', 'the newer run (default: latest)')
    .option('--by <field>', 'the field that says which documents are the same one (default: _id)')
    .option('--ids', 'list the ids of all documents that differ')
    .option('--samples <n>', 'documents of each kind to show', wholeNumber(0), DEFAULT_SAMPLES)
    .addHelpText(
      'after',
      examples(
        'lakeferry diff papers',
        'lakeferry diff papers 20261122T020000.000Z-1a2b3c latest',
        'lakeferry diff papers previous latest --ids --quiet',
        'lakeferry diff papers --by id --samples 3',
        "lakeferry diff papers --json | jq '.datasets[0].fields'",
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, options, signal, io, told } = context
  const { by, ids = false, samples } = parsed.opts<Options>()
  const [name = '', from = 'previous', to = 'latest'] = parsed.args
  const { config } = await context.loadConfig()
  const { name: dataset } = findDataset(config, name)
  told.dataset = dataset
  const progress = await context.progress()
  const began = io.clock.now().getTime()
  const [{ chooseRun }, { diffRuns }] = await Promise.all([
    import('../../ask/choose-run.js'),
    import('../../ask/diff-runs.js'),
  ])
  return await withOpen(openLake(config), signal, async lake => {
    const [older, newer] = [await chooseRun(lake, dataset, from), await chooseRun(lake, dataset, to)]
    let database: Promise<ScratchDatabase> | undefined
    const open = (): Promise<ScratchDatabase> => {
      database ??= openScratchDatabase(lake)
      return database
    }
    const bar = progress.start(dataset)
    try {
      const request = {
        from: older,
        to: newer,
        samples,
        signal,
        onProgress: bar.update,
        ...(by === undefined ? {} : { by }),
      }
      const difference = await diffRuns({ lake, database: open }, request).finally(bar.stop)
      const seconds = (io.clock.now().getTime() - began) / 1000
      const facts = { dataset, ...diffFacts(difference), seconds }
      printDifference(out, difference, { samples: !ids })
      if (!options.json && ids) await printAllIds(out, difference)
      if (options.json && ids) await writeAllIds(context, facts, difference)
      else told.body['datasets'] = [facts]
      delete told.dataset
      return difference.equal ? EXIT.fine : EXIT.data
    } finally {
      await (await database?.catch(() => undefined))?.close()
    }
  })
}
