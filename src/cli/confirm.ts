import { createInterface } from 'node:readline'

/** The part of a process that a question needs. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stderr: NodeJS.WriteStream
}

/**
 * Asks for a yes on a terminal; anything else is a no, and so is the end of the input. Undefined where nobody is there to be
 * asked. The line is read as the terminal hands it over, so that a Ctrl-C stays a signal.
 */
export function confirmer({ stdin, stderr }: Terminal): ((question: string) => Promise<boolean>) | undefined {
  if (!stdin.isTTY || !stderr.isTTY) return undefined
  return question =>
    new Promise(resolve => {
      stderr.write(`${question} [y/N] `)
      const lines = createInterface({ input: stdin, terminal: false })
      const end = (answer: string): void => {
        lines.removeAllListeners()
        lines.close()
        stdin.pause()
        resolve(/^y(es)?$/i.test(answer.trim()))
      }
      lines.once('line', end)
      lines.once('close', () => end(''))
    })
}
