import type { Command } from 'commander'
import { selectDatasets } from '../../../config/config.js'
import { visibleText } from '../../../report/visible-text.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import {
  type ContractFile,
  contractFile,
  datasetContract,
  optionalConfig,
  readContractText,
} from '../../steps/contract-file.js'
import { withContract } from '../../steps/contracts.js'

export function describeLint(command: Command): void {
  command
    .description(
      'Reads contracts and tells every problem with its place and what to write instead; also which columns nothing is ' +
        'asked of beyond their type. Exit code 2 says that one of them cannot be used. Needs no lake and no data.',
    )
    .argument('[file|dataset...]', 'files, or names from the configuration (default: the contracts of all datasets)')
    .addHelpText(
      'after',
      examples(
        'lakeferry contract lint',
        'lakeferry contract lint contracts/papers.odcs.yaml',
        "lakeferry contract lint --json | jq '.files[] | select(.ok | not)'",
      ),
    )
}

/** What `--json` says of one file; docs/cli.md. */
interface LintedFile {
  readonly file: string
  readonly dataset: string | null
  readonly ok: boolean
  readonly problems: readonly {
    readonly line: number
    readonly column: number
    readonly problem: string
    readonly next: string | null
  }[]
  readonly objects: readonly LintedObject[]
}

interface LintedObject {
  readonly name: string | null
  readonly columns: number
  readonly rules: number
  readonly unchecked: readonly string[]
}

export async function runLint(context: CommandContext, parsed: Command): Promise<number> {
  const { told, out } = context
  const files: LintedFile[] = []
  told.body['files'] = files
  for (const file of await chosenFiles(context, parsed.args)) {
    const linted = await lintFile(file)
    files.push(linted)
    print(context, linted)
  }
  const refused = files.filter(({ ok }) => !ok).length
  if (refused > 0) out.line(`${refused} of ${files.length} cannot be used`)
  return refused > 0 ? EXIT.usage : EXIT.fine
}

async function chosenFiles(context: CommandContext, words: readonly string[]): Promise<readonly ContractFile[]> {
  const { cwd } = context.io
  if (words.length > 0) {
    const config = await optionalConfig(context)
    return words.map(word => contractFile(word, config, cwd))
  }
  const { config } = await context.loadConfig()
  return withContract(selectDatasets(config, []), false).map(dataset => datasetContract(dataset, cwd))
}

async function lintFile(file: ContractFile): Promise<LintedFile> {
  const [{ lintContract }, { parseContract }, { uncheckedColumns }, { objectNames }] = await Promise.all([
    import('../../../contract/lint.js'),
    import('../../../contract/load.js'),
    import('../../../contract/unchecked.js'),
    import('../../../contract/object-names.js'),
  ])
  const text = await readContractText(file)
  const name = file.dataset?.name
  const names = objectNames(text)
  // Which object of several a data set uses is decided by its name; without one, all of them are looked at.
  const wanted = names.length <= 1 ? [undefined] : name !== undefined && names.includes(name) ? [name] : names
  const objects: LintedObject[] = []
  const problems = new Map<string, LintedFile['problems'][number]>()
  for (const object of wanted) {
    const options = object === undefined ? {} : { object }
    const found = lintContract(text, file.shown, options)
    for (const { line, column, problem, next } of found)
      problems.set(`${line}:${column} ${problem}`, { line, column, problem, next: next ?? null })
    if (found.length > 0) continue
    const contract = parseContract(text, file.shown, options)
    objects.push({
      name: object ?? names[0] ?? null,
      columns: contract.columns.length,
      rules: contract.rules.length,
      unchecked: uncheckedColumns(contract),
    })
  }
  return {
    file: file.shown,
    dataset: name ?? null,
    ok: problems.size === 0,
    problems: [...problems.values()].sort((a, b) => a.line - b.line || a.column - b.column),
    objects: problems.size === 0 ? objects : [],
  }
}

function print({ out, options }: CommandContext, { file, ok, problems, objects }: LintedFile): void {
  const { paint } = out
  if (!ok) {
    out.line(`${paint.bold(file)}: ${paint.red(problems.length === 1 ? '1 problem' : `${problems.length} problems`)}`)
    for (const { line, column, problem, next } of problems) {
      out.line(visibleText(`  ${file}:${line}:${column}: ${problem}`, Infinity))
      if (next !== null) out.line(visibleText(`    ${next}`, Infinity))
    }
    return
  }
  for (const { name, columns, rules, unchecked } of objects) {
    const which = objects.length > 1 && name !== null ? ` (${name})` : ''
    out.line(`${paint.bold(file)}${which}: ${paint.green('fine')}, ${noun(columns, 'column')}, ${noun(rules, 'rule')}`)
    if (unchecked.length === 0) continue
    const shown = options.verbose ? unchecked : unchecked.slice(0, MAX_SHOWN)
    const more = unchecked.length > shown.length ? `, and ${unchecked.length - shown.length} more (--verbose)` : ''
    out.line(visibleText(`  checked for their type only: ${shown.join(', ')}${more}`, Infinity))
  }
}

/** Columns named on one line for people. */
const MAX_SHOWN = 10

function noun(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`
}
