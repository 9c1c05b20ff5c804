import type { Command } from 'commander'
import type { Config } from '../../../config/config.js'
import type { Change, Verdict } from '../../../contract/diff/change.js'
import type { ContractDifference } from '../../../contract/diff/diff-contracts.js'
import type { VersionAdvice } from '../../../contract/diff/version-advice.js'
import { LakeferryError } from '../../../errors.js'
import type { Contract } from '../../../model/contract.js'
import { openLake } from '../../../wire.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { type ContractFile, contractFile, optionalConfig } from '../../steps/contract-file.js'
import { keptContractText } from '../../steps/kept-contract-text.js'
import { withOpen } from '../../steps/resource.js'
import { tableLines } from '../../table.js'

interface Options {
  readonly run?: string
  readonly object?: string
}

export function describeDiff(command: Command): void {
  command
    .description(
      'Compares two contracts, or the one that a run was exported with and the one of today: each change, whom it breaks ' +
        '(writers of documents, readers of the lake), and which version the new one should have. Exit code 1 says that it breaks somebody.',
    )
    .argument('<old>', 'file or dataset; with --run, the new one')
    .argument('[new]', 'file or dataset')
    .option('--run <id>', 'compare with the contract that this run of the dataset was exported with')
    .option('--object <name>', 'of files with several objects under schema, the one to compare')
    .addHelpText(
      'after',
      examples(
        'lakeferry contract diff contracts/papers.odcs.yaml new.odcs.yaml',
        'lakeferry contract diff papers --run 20261122T020000.000Z-1a2b3c',
        "lakeferry contract diff old.yaml papers --json | jq -r '.version.wanted'",
      ),
    )
}

/** A contract and what to call it. */
interface Side {
  readonly name: string
  readonly runId?: string
  readonly contract: Contract
}

export async function runDiff(context: CommandContext, parsed: Command): Promise<number> {
  const { told } = context
  const { run: runId, object } = parsed.opts<Options>()
  const [first = '', second] = parsed.args
  const words = runId === undefined ? [first, second] : [first]
  if (words.includes(undefined) || (runId !== undefined && second !== undefined))
    throw new LakeferryError('USAGE', {
      problem: runId === undefined ? 'one contract to compare with nothing' : 'two contracts and --run',
      next: 'Name two files, or one (or a dataset) and --run ID. See `lakeferry contract diff --help`.',
    })
  const config = await optionalConfig(context)
  const files = words.map(word => contractFile(word ?? '', config, context.io.cwd))
  const after = await fileSide(files.at(-1)!, object)
  const before =
    runId === undefined ? await fileSide(files[0]!, object) : await runSide(context, config, files[0]!, runId, object)
  const { diffContracts } = await import('../../../contract/diff/diff-contracts.js')
  const difference = diffContracts(before.contract, after.contract)
  Object.assign(told.body, bodyOf(before, after, difference))
  print(context, before, after, difference)
  return difference.verdict === 'breaking' ? EXIT.data : EXIT.fine
}

async function fileSide({ path, shown, dataset }: ContractFile, object: string | undefined): Promise<Side> {
  const { loadContract } = await import('../../../contract/load.js')
  const name = object ?? dataset?.name
  return { name: shown, contract: await loadContract(path, name === undefined ? {} : { object: name }) }
}

/** The contract that a run was exported with, as it is kept on the lake. */
async function runSide(
  { signal }: CommandContext,
  config: Config | undefined,
  { dataset, shown }: ContractFile,
  runId: string,
  object: string | undefined,
): Promise<Side> {
  if (config === undefined || dataset === undefined)
    throw new LakeferryError('USAGE', {
      problem: `${shown} is the contract of no one dataset, so that ${runId} may be a run of any`,
      next: 'Name the dataset in place of the file: lakeferry contract diff papers --run ID.',
    })
  const { name } = dataset
  return await withOpen(openLake(config), signal, async lake => {
    const next = 'Compare two files; the version control of the contract has its older versions.'
    const { key, text } = await keptContractText(lake, name, runId, next)
    const { parseContract } = await import('../../../contract/load.js')
    return { name: `run ${runId}`, runId, contract: parseContract(text, key, { object: object ?? name }) }
  })
}

function bodyOf(before: Side, after: Side, { verdict, changes, version }: ContractDifference): Record<string, unknown> {
  const side = ({ name, runId, contract: { id, version: written, fingerprint } }: Side): Record<string, unknown> => ({
    file: runId === undefined ? name : null,
    runId: runId ?? null,
    ...{ id, version: written, fingerprint },
  })
  const { bump, wanted = null, enough = null } = version
  return { verdict, old: side(before), new: side(after), changes, version: { bump, wanted, enough } }
}

function print(
  { out }: CommandContext,
  before: Side,
  after: Side,
  { verdict, changes, version }: ContractDifference,
): void {
  const { paint } = out
  const painted = { identical: paint.green, compatible: paint.green, breaking: paint.red }[verdict]
  out.line(`${before.name} → ${after.name}: ${paint.bold(painted(verdictText(verdict, changes)))}`)
  const rows = changes.map(({ subject, breaks, text }) => [
    breaks.length > 0 ? { text: `  breaks ${breaks.join(' and ')}`, paint: paint.red } : '  fine',
    subject,
    text,
  ])
  for (const line of tableLines(rows)) out.line(line)
  for (const line of versionLines(version)) out.line(line)
}

function verdictText(verdict: Verdict, changes: readonly Change[]): string {
  if (verdict === 'identical') return 'identical'
  const broken = (['writers', 'readers'] as const).filter(party => changes.some(({ breaks }) => breaks.includes(party)))
  const count = changes.length === 1 ? '1 change' : `${changes.length} changes`
  return broken.length === 0 ? `compatible, ${count}` : `breaking for ${broken.join(' and ')}, ${count}`
}

function versionLines({ from, to, bump, wanted, enough }: VersionAdvice): string[] {
  if (bump === 'none') return []
  if (wanted === undefined)
    return [`version ${from} → ${to}: a ${bump} change, and ${from} is no semantic version to count up`]
  if (enough === undefined)
    return [`version ${from} → ${to}: a ${bump} change, ${wanted} or later by semantic versioning`]
  return [`version ${from} → ${to}: ${enough ? 'enough for' : 'too little for'} a ${bump} change, ${wanted} or later`]
}
