import { InvalidArgumentError, Option } from 'commander'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { VERSION } from '../version.js'

interface Flags {
  readonly port?: string
  readonly host?: string
}

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Serves the application’s API of papers and comments, the pipeline’s routes and the dashboard, until it is stopped. ' +
        'Beyond this machine only with tokens: server.writeToken and server.pipelineToken.',
    )
    .addOption(new Option('--port <n>', 'listen on this port; 0 for any free one').argParser(port))
    .addOption(new Option('--host <address>', 'listen on this address'))
    .addHelpText('after', examples('lakeferry serve', 'lakeferry serve --port 8080', 'lakeferry serve --port 0 --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { io, out, options, signal, told } = context
  const flags = parsed.opts<Flags>()
  const { config, file } = await context.loadConfig([
    ...(flags.port === undefined ? [] : [{ key: 'server.port', flag: '--port', value: flags.port }]),
    ...(flags.host === undefined ? [] : [{ key: 'server.host', flag: '--host', value: flags.host }]),
  ])
  const { openServer } = await import('../../server/open-server.js')
  const { closeInTime, listen } = await import('../../server/listen.js')
  const { servePipeline } = await import('../steps/serve-pipeline.js')
  const pipeline = await servePipeline(context, { config, file })
  const opened = await openServer(config, {
    pipeline,
    clock: io.clock,
    version: VERSION,
    stopping: signal,
    ...(options.quiet ? {} : { log: line => io.stderr.write(`${line}\n`) }),
  })
  try {
    const url = await listen(opened.app, config.server)
    told.body['url'] = url
    out.line(`${out.paint.bold('Lakeferry')} at ${url}: the dashboard /, the API /api/iclr, its description /docs`)
    if (options.json) io.stderr.write(`${JSON.stringify({ event: 'listening', url })}\n`)
    await new Promise<void>(resolve => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
  } finally {
    await closeInTime(opened)
  }
  // Being stopped is how it ends.
  return EXIT.fine
}

function port(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text
  throw new InvalidArgumentError('Wanted a port, 0 to 65535.')
}
