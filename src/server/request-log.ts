import type { FastifyServerOptions } from 'fastify'

/**
 * One JSON object a line. Neither headers nor queries nor bodies are in it: tokens and what people write stay out of logs
 * by never being there.
 */
export function requestLog(
  write: (line: string) => void,
): Exclude<FastifyServerOptions['logger'], boolean | undefined> {
  return {
    level: 'info',
    base: null,
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ level: label }) },
    serializers: {
      req: () => ({}),
      res: () => ({}),
      err: (error: Error) => ({ type: error.name, message: error.message, stack: error.stack ?? '' }),
    },
    stream: { write: (text: string) => write(text.trimEnd()) },
  }
}
