import { stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { Option } from 'commander'
import { isBackup } from '../../config/config.js'
import { CONFIG_FILE, namedConfig } from '../../config/config-file.js'
import { absoluteFileUrl, movedFileUrl } from '../../config/file-address.js'
import { LakeferryError } from '../../errors.js'
import { formatNoun } from '../../report/figures.js'
import { listDatabases, openSource } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import {
  databaseIn,
  datasetNames,
  type FirstDataset,
  firstConfigText,
  needsVariable,
  URI_VARIABLE,
} from '../steps/first-config.js'
import { withOpen } from '../steps/resource.js'
import { thereAlready, writeNew } from '../steps/write-new.js'

const DEFAULT_URI = 'mongodb://127.0.0.1:27017'

const ADVICE = {
  kept: ', and nothing was written over it',
  there: 'Name another configuration with --config, in another folder, or move this one away.',
  otherwise: 'Check the folder, or name another with --config.',
}

interface Options {
  readonly uri?: string
  readonly database?: string
  readonly collection?: readonly string[]
  readonly lake: string
}

/** As `--json` tells it, but for the text of the contract. */
interface Described extends FirstDataset {
  /** Looked at. */
  readonly documents: number
  readonly fields: number
  readonly left: readonly string[]
  readonly text: string
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Looks at the collections of a database and writes lakeferry.yaml, with a dataset for each, and beside it a first contract ' +
        'of each: its fields and their types, by a sample of its documents. Nothing that is there is written over.',
    )
    .option('--uri <uri>', `the MongoDB, or file: and a backup (default: ${URI_VARIABLE}, then ${DEFAULT_URI})`)
    .option('--database <name>', 'the database (default: that of the URI, then the only one there is)')
    .option('--collection <name...>', 'collections to export (default: all of the database)')
    .addOption(new Option('--lake <url>', 'where exports go: s3://bucket/prefix or file:folder').default('file:./lake'))
    .addHelpText(
      'after',
      examples(
        'lakeferry init',
        'lakeferry init --uri mongodb://127.0.0.1:27017 --database shop',
        'lakeferry init --database shop --collection orders customers --lake s3://my-lake/prod',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { io, out, told, options } = context
  const { uri = io.env[URI_VARIABLE] || DEFAULT_URI, lake, ...wanted } = parsed.opts<Options>()
  const file = resolve(io.cwd, namedConfig(options.config, io.env) ?? CONFIG_FILE)
  await refuseThere(file)
  const database = wanted.database ?? databaseIn(uri) ?? (await onlyDatabase(uri))
  const described = await describeCollections(context, { uri, database, collections: wanted.collection })
  const contracts = described.flatMap(({ contract, text }) =>
    contract === null ? [] : [{ file: join(dirname(file), contract), text }],
  )
  // Looked for before anything is written; and the configuration comes last, so that it never names what is not there.
  for (const each of contracts) await refuseThere(each.file)
  for (const each of contracts) await writeNew(each.file, each.text, ADVICE, { folders: true })
  // What was typed is relative to here, and what is written to the configuration; the lake that nobody named is beside that.
  const moved = (address: string) => movedFileUrl(address, io.cwd, dirname(file))
  const named = parsed.getOptionValueSource('lake') === 'default' ? lake : moved(lake)
  const text = firstConfigText({ uri: moved(uri), database, lake: named, datasets: described })
  await writeNew(file, text, ADVICE, { folders: true })

  const shown = relative(io.cwd, file)
  Object.assign(told.body, { config: file, database, datasets: described.map(({ text: _, ...facts }) => facts) })
  for (const { dataset, documents, fields, contract } of described)
    out.line(
      contract === null
        ? `${dataset}: no field in ${formatNoun(documents, 'document')}, hence no contract yet`
        : `${dataset}: ${formatNoun(fields, 'field')} in ${formatNoun(documents, 'document')}, contract ${contract}`,
    )
  out.line(`${shown}: ${formatNoun(described.length, 'dataset')} of ${database}`)
  if (!isBackup(uri) && needsVariable(uri))
    out.note(
      `The connection string may hold a secret and is not in the file: set ${URI_VARIABLE} wherever lakeferry runs.`,
    )
  out.note('Next: `lakeferry doctor` tries each part, `lakeferry run` exports and validates.')
  return EXIT.fine
}

/** @throws {@link LakeferryError} `USAGE` where there is none, or one has to be chosen */
async function onlyDatabase(uri: string): Promise<string> {
  const known = isBackup(uri) ? [] : await listDatabases(uri)
  const [only, ...others] = known
  if (only !== undefined && others.length === 0) return only
  throw new LakeferryError('USAGE', {
    problem:
      only === undefined
        ? 'no database was named, and none can be seen'
        : `no database was named; the server has ${known.join(', ')}`,
    next: 'Name one with --database.',
  })
}

async function describeCollections(
  { io, signal }: CommandContext,
  { uri, database, collections }: { uri: string; database: string; collections: readonly string[] | undefined },
): Promise<readonly Described[]> {
  const [{ firstContract }, { sampleCensus }] = await Promise.all([
    import('../../contract/suggest/first-contract.js'),
    import('../../export/sample-census.js'),
  ])
  const source = { uri: absoluteFileUrl(uri, io.cwd), database }
  return await withOpen(openSource({ source }), signal, async source => {
    const names = [...new Set(collections ?? (await source.probe()).collections)]
    if (names.length === 0)
      throw new LakeferryError('USAGE', {
        problem: `${database} has no collections`,
        next: 'Check --uri and --database, or load some documents first.',
      })
    const datasets = datasetNames(names)
    const described: Described[] = []
    for (const [index, collection] of names.entries()) {
      const dataset = datasets[index]!
      const opening = source.open({ collection, comment: `lakeferry init ${dataset}` })
      const census = await withOpen(opening, signal, snapshot => sampleCensus(snapshot, signal))
      const contract = firstContract(dataset, census)
      described.push({
        dataset,
        collection,
        documents: census.documents,
        fields: contract?.fields ?? 0,
        left: contract?.left ?? [],
        contract: contract === undefined ? null : `contracts/${dataset}.odcs.yaml`,
        text: contract?.text ?? '',
      })
    }
    return described
  })
}

async function refuseThere(file: string): Promise<void> {
  const there = await stat(file).then(
    () => true,
    () => false,
  )
  if (there) throw thereAlready(file, ADVICE)
}
