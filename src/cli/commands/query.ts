import { Option } from 'commander'
import type { RunChoices } from '../../ask/query-lake.js'
import { LakeferryError } from '../../errors.js'
import { formatNoun, formatSeconds } from '../../report/figures.js'
import { openLake, openLakeQuery } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { wholeNumber } from '../options.js'
import { ANSWER_FORMATS, type AnswerFormat } from '../steps/answer-writer.js'
import { withOpen } from '../steps/resource.js'

interface Options {
  readonly run?: readonly string[]
  readonly format?: AnswerFormat
  readonly limit?: number
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Asks committed runs in SQL: one SELECT in DuckDB’s dialect, in which each dataset is a table with the columns of ' +
        'its Parquet parts. Only what the statement mentions is fetched, and nothing can be changed.',
    )
    .argument('<sql>', 'one SELECT; "papers@previous" is a dataset at another run than the newest')
    .addOption(
      new Option(
        '--run <run>',
        'id of the run to ask, latest or previous; DATASET=ID for one dataset; can be repeated',
      ).argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]),
    )
    .addOption(
      new Option(
        '--format <format>',
        'table for people, csv (RFC 4180) or json (a list of objects); default table',
      ).choices(ANSWER_FORMATS),
    )
    .option('--limit <n>', 'rows of the answer, at most (default: all of them)', wholeNumber(1))
    .addHelpText(
      'after',
      examples(
        "lakeferry query 'SELECT year, count(*) AS papers FROM papers GROUP BY year ORDER BY year'",
        "lakeferry query 'SELECT * FROM papers WHERE _misfit IS NOT NULL' --limit 20",
        'lakeferry query \'SELECT _id FROM papers EXCEPT SELECT _id FROM "papers@previous"\' --format csv',
        "lakeferry query 'DESCRIBE papers' --run 20261122T020000.000Z-1a2b3c",
        "lakeferry query 'SELECT avg(rating_avg) FROM papers' --json | jq '.rows[0][0]'",
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, options, signal, io } = context
  const { run: wanted = [], format, limit = Infinity } = parsed.opts<Options>()
  if (options.json && format !== undefined && format !== 'json') {
    throw new LakeferryError('USAGE', {
      problem: `--json prints one JSON object, and not ${format}`,
      next: 'Leave one of --json and --format out.',
    })
  }
  const began = io.clock.now().getTime()
  const seconds = (): number => (io.clock.now().getTime() - began) / 1000
  const runs = runChoices(wanted)
  const { config } = await context.loadConfig()
  const [{ queryLake }, { writeAnswer }] = await Promise.all([
    import('../../ask/query-lake.js'),
    import('../steps/answer-writer.js'),
  ])
  await withOpen(openLake(config), signal, lake =>
    withOpen(openLakeQuery(lake), signal, async database => {
      const datasets = config.datasets.map(({ name }) => name)
      const answer = await queryLake({ lake, database }, { sql: parsed.args[0] ?? '', datasets, runs, signal })
      const written = await writeAnswer(context, answer, { format: format ?? 'table', limit, seconds })
      if (options.json) return
      if (written.note !== undefined) out.note(written.note)
      const rows = written.more
        ? `the first ${formatNoun(written.rows, 'row')}; there are more`
        : formatNoun(written.rows, 'row')
      const from = answer.asked.map(({ dataset, runId }) => `${dataset} ${runId}`).join(', ')
      out.note(`${rows} in ${formatSeconds(seconds())}${from === '' ? '' : `, from ${from}`}`)
    }),
  )
  return EXIT.fine
}

/** @throws {@link LakeferryError} `USAGE` */
function runChoices(wanted: readonly string[]): RunChoices {
  const byDataset = new Map<string, string>()
  let all: string | undefined
  for (const text of wanted) {
    const at = text.indexOf('=')
    const [name, run] = at < 0 ? [undefined, text] : [text.slice(0, at), text.slice(at + 1)]
    const twice = name === undefined ? all !== undefined : byDataset.has(name)
    if (twice || run === '' || name === '') {
      throw new LakeferryError('USAGE', {
        problem: twice ? `--run says the run of ${name ?? 'all datasets'} twice` : `--run ${text} says no run`,
        next: 'Write --run ID, or --run DATASET=ID for each of several.',
      })
    }
    if (name === undefined) all = run
    else byDataset.set(name, run)
  }
  return { byDataset, ...(all === undefined ? {} : { all }) }
}
