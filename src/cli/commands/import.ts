import { formatNoun, formatSeconds } from '../../report/figures.js'
import { visibleText } from '../../report/visible-text.js'
import { openSink } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { withOpen } from '../steps/resource.js'

/** Rejected documents told one by one on a terminal; --json has more. */
const MAX_LISTED = 20

interface Options {
  readonly collection: string
  readonly drop?: true
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Loads files into a collection of source.database: JSON, JSON Lines, Extended JSON or BSON, plain or gzipped. ' +
        'What cannot be imported is told with file and line; the rest is imported. Exit code 2 when there was any.',
    )
    .argument('<file...>', 'files to load, in this order')
    .requiredOption('--collection <name>', 'the collection to load them into')
    .option('--drop', 'remove the collection first')
    .addHelpText(
      'after',
      examples(
        'lakeferry import papers.jsonl --collection papers',
        'lakeferry import papers-*.jsonl.gz --collection papers --drop',
        'lakeferry import dump/iclr/papers.bson --collection papers --json',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, signal, io, told } = context
  const { collection, drop = false } = parsed.opts<Options>()
  const { config } = await context.loadConfig()
  const { importFiles, rejectedError } = await import('../../ingest/import-files.js')
  const progress = await context.progress()
  const began = io.clock.now().getTime()
  const outcome = await withOpen(openSink(config), signal, sink => {
    const bar = progress.start(collection)
    const request = {
      files: parsed.args,
      collection,
      drop,
      signal,
      onProgress: ({
        documents,
        bytesRead,
        bytesTotal,
      }: {
        documents: number
        bytesRead: number
        bytesTotal: number
      }) => bar.update({ documents, expected: 0, share: bytesTotal === 0 ? 1 : bytesRead / bytesTotal }),
    }
    return importFiles({ sink }, request).finally(bar.stop)
  })
  const { documents, rejected, rejections } = outcome
  const namespace = `${config.source.database}.${collection}`
  const seconds = (io.clock.now().getTime() - began) / 1000
  Object.assign(told.body, { collection: namespace, documents, rejected, rejections, seconds })
  out.line(
    `${namespace}: ${formatNoun(documents, 'document')} imported, ${rejected} rejected, ${formatSeconds(seconds)}`,
  )
  for (const { file, line, reason } of rejections.slice(0, MAX_LISTED))
    out.error(`  ${visibleText(`${file}:${line}: ${reason}`, Number.POSITIVE_INFINITY)}`)
  if (rejected > MAX_LISTED) out.error(`  and ${rejected - MAX_LISTED} more; --json tells the first 1,000`)
  const error = rejectedError(outcome)
  if (error !== undefined) throw error
  return EXIT.fine
}
