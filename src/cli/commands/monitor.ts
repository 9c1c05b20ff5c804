import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.js'
import { LakeferryError, reasonOf } from '../../errors.js'
import type { Check, Observation } from '../../model/check.js'
import { durationText } from '../../model/duration.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { openLake } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { type AlertOutcome, alertStep } from '../steps/alert-step.js'
import { checkLines, monitorExit, worstFirst } from '../steps/check-table.js'
import { monitorPass } from '../steps/monitor-step.js'
import { unlessAborted } from '../steps/resource.js'

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Looks at everything that was promised: freshness, attempts that failed, runs that are stuck, verdicts, volume, jobs on EMR, ' +
        'the oplog, the schedule, the clocks, and whether lake and MongoDB answer. Opens, reminds of and resolves alerts. What it ' +
        'cannot tell is told as that, never as fine. Exit code 3: something does not answer or cannot be told; 4: something is ' +
        'stale or was never exported; 1: data break their contract, or their volume is unusual; 3: anything else is wrong.',
    )
    .option('--watch', 'again every monitor.every, until stopped')
    .addHelpText('after', examples('lakeferry monitor', 'lakeferry monitor --watch', 'lakeferry monitor --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { watch = false } = parsed.opts<{ watch?: true }>()
  const { config } = await context.loadConfig()
  if (watch) return await watchOn(context, config)
  const pass = await onePass(context, config)
  Object.assign(context.told.body, pass.facts)
  for (const line of checkLines(pass.observation.checks, context.out)) context.out.line(line)
  return monitorExit(pass.observation.checks)
}

interface Pass {
  readonly observation: Observation
  /** As `--json` tells it; docs/cli.md. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** One look at everything, and its alerts. The lake is opened for it, and closed again. */
async function onePass(context: CommandContext, config: Config): Promise<Pass> {
  const lake = await openOrWhy(context, config)
  try {
    const observation = await monitorPass(context, config, lake)
    const alerts = alertFacts(await alertStep(context, { config, lake, observation }))
    return {
      observation,
      facts: { at: observation.at, checks: worstFirst(observation.checks).map(checkFacts), alerts },
    }
  } finally {
    if (!(lake instanceof LakeferryError)) await lake.close().catch(() => undefined)
  }
}

/** The lake, or why it cannot be opened, which is a finding too. */
async function openOrWhy({ signal }: CommandContext, config: Config): Promise<ObjectStore | LakeferryError> {
  try {
    return await unlessAborted(openLake(config), signal)
  } catch (error) {
    if (error instanceof LakeferryError && !signal.aborted) return error
    throw error
  }
}

/** Again and again. A pass that fails is told, and the next one comes all the same; being stopped is its normal end. */
async function watchOn(context: CommandContext, config: Config): Promise<number> {
  const { out, signal, told, command, options, io } = context
  const { everySeconds } = config.monitor
  // One object a pass, a line each: there is no last one to wait for.
  told.end = members => {
    if (Object.keys(members).length > 0) out.json({ command, ...members })
  }
  out.note(`looking every ${durationText(everySeconds)}, until stopped`)
  while (!signal.aborted) {
    try {
      const { observation, facts } = await onePass(context, config)
      if (options.json) out.json({ command, ...facts })
      out.line(observation.at)
      for (const line of checkLines(observation.checks, out)) out.line(line)
    } catch (error) {
      if (signal.aborted) break
      const code = error instanceof LakeferryError ? error.code : 'BUG'
      out.warn(
        `${io.clock.now().toISOString()}: this pass failed, the next comes in ${durationText(everySeconds)}: ${code}: ${reasonOf(error)}`,
      )
    }
    await sleep(everySeconds * 1000, undefined, { signal }).catch(() => undefined)
  }
  return EXIT.fine
}

function checkFacts({ kind, subject, state, severity, promised, seen, since, runId, look, cause }: Check): object {
  const absent = { since: since ?? null, runId: runId ?? null, cause: cause ?? null }
  return { kind, subject, state, severity, promised, seen, look, ...absent }
}

function alertFacts({ where, open, messages, sent, failed, warnings }: AlertOutcome): object {
  const told = messages.map(({ id, event, alertId, severity, title }) => ({ id, event, alertId, severity, title }))
  return { where, open, messages: told, sent, failed, warnings }
}
