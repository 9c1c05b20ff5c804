import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { LakeferryError } from '../../../errors.js'
import type { AlertMessage } from '../../../model/alert.js'
import { redactUris } from '../../../model/redact-uri.js'
import type { CommandContext } from '../../command.js'
import { examples } from '../../examples.js'
import { EXIT } from '../../exit-codes.js'
import { closeChannels, openEachChannel } from '../../steps/alert-channels.js'
import { type TableCell, tableLines } from '../../table.js'
import { whoami } from './facts.js'

export function describeTest(command: Command): void {
  command
    .description(
      'Sends one message that says it is a test, at once, through each channel or the one that is named. Nothing of it is kept. ' +
        'Exit code 3 says that a channel did not take it.',
    )
    .argument('[channel]', 'its name, such as slack or "slack 2" (default: all of them)')
    .addHelpText('after', examples('lakeferry alerts test', 'lakeferry alerts test slack --json'))
}

export async function runTest(context: CommandContext, parsed: Command): Promise<number> {
  const { io, out, signal, told } = context
  const [name] = parsed.args
  const { config } = await context.loadConfig()
  const known = config.alerts.map(channel => channel.name)
  const wanted = config.alerts.filter(channel => name === undefined || channel.name === name)
  if (wanted.length === 0)
    throw new LakeferryError('USAGE', {
      problem:
        name === undefined ? 'the configuration has no alert channel' : `no alert channel ${JSON.stringify(name)}`,
      next: known.length === 0 ? 'Add one to lakeferry.yaml, under alerts:.' : `There is ${known.join(', ')}.`,
    })
  const results: { channel: string; ok: boolean; error: { code: string; message: string; hint: string } | null }[] = []
  told.body['channels'] = results
  const message = testMessage(redactUris(config.lake.url), io.clock.now())
  const channels = await openEachChannel({ ...config, alerts: wanted })
  try {
    for (const channel of channels) {
      const error = await send(() => channel.send(message, signal))
      results.push({ channel: channel.name, ok: error === null, error })
    }
  } finally {
    await closeChannels(channels)
  }
  const rows = results.map(({ channel, ok, error }): TableCell[] => [
    ok ? out.paint.green('✓') : out.paint.red('✗'),
    channel,
    error === null ? 'took the message' : `${error.message}. ${error.hint}`,
  ])
  for (const line of tableLines(rows)) out.line(line)
  return results.every(({ ok }) => ok) ? EXIT.fine : EXIT.service
}

async function send(call: () => Promise<void>): Promise<{ code: string; message: string; hint: string } | null> {
  try {
    await call()
    return null
  } catch (error) {
    if (!(error instanceof LakeferryError) || error.family === 'interrupted') throw error
    return { code: error.code, message: redactUris(error.message), hint: error.hint }
  }
}

function testMessage(lake: string, now: Date): AlertMessage {
  const at = now.toISOString()
  const id = `test-${randomUUID()}`
  return {
    ...{ id, event: 'opened', alertId: id, kind: 'channel', severity: 'warning' },
    title: 'this is a test: nothing is wrong',
    promised: 'a message from lakeferry alerts test arrives',
    seen: `it was sent by ${whoami()}`,
    ...{ since: at, at, affected: [], look: 'lakeferry alerts list', lake },
  }
}
