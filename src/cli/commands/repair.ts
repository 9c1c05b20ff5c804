import { type PointerState, rebuildPointer } from '../../catalog/rebuild-pointer.js'
import { selectDatasets } from '../../config/config.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments } from '../options.js'
import { eachDataset } from '../steps/each-dataset.js'
import { withOpen } from '../steps/resource.js'

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Makes _latest.json anew from the manifests, where it was lost, damaged or points to a run that is not the newest one. ' +
        'It changes nothing else, may run beside exports, and says what it found.',
    )
    .addHelpText('after', examples('lakeferry repair', 'lakeferry repair papers', 'lakeferry repair --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal } = context
  const { config } = await context.loadConfig()
  await withOpen(openLake(config), signal, lake =>
    eachDataset(context, selectDatasets(config, parsed.args), async ({ name }, tell) => {
      const { state, runId, before } = await rebuildPointer(lake, name)
      tell({ pointer: state, runId: runId ?? null, before: before ?? null })
      out.line(`${name}: ${textOf(state, runId, before)}`)
    }),
  )
  return EXIT.fine
}

function textOf(state: PointerState, runId: string | undefined, before: string | undefined): string {
  if (state === 'right') return `_latest.json is right: run ${runId}`
  if (state === 'none') return 'no committed run, and no _latest.json'
  if (state === 'removed') return `_latest.json removed: it pointed to ${before ?? 'nothing'}, and no run is committed`
  const was = before === undefined ? 'it was lost or damaged' : before === runId ? 'it was damaged' : `it was ${before}`
  return `_latest.json points to run ${runId} now; ${was}`
}
