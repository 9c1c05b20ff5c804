import { parseAllDocuments } from 'yaml'
import { buildProgram } from '../../src/cli/program.js'

/** What stands in the files of docs/deploy/: calls of the program, instructions of a Containerfile. */

/** Every call of `lakeferry` in a file, in words: in code of a Markdown file, in a unit, in a container's command. */
export function invocations(name: string, text: string): string[][] {
  if (name.endsWith('.yaml')) return containerArguments(text)
  if (name.startsWith('Containerfile')) {
    return [...text.matchAll(/^CMD (\[.*\])$/gm)].map(([, words]) => JSON.parse(words!) as string[])
  }
  if (!name.endsWith('.md'))
    return [...text.matchAll(/^ExecStart=.*\blakeferry (.+)$/gm)].map(([, words]) => split(words!))
  const code = [
    ...[...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.split('\n')),
    ...[...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!),
  ]
  return [
    // Of a line of shell what comes after the program's name, up to the next command or a quote that ends.
    ...code.flatMap(line => [
      ...line.matchAll(/(?:^|[;&|] ?|\s|')(?:lakeferry|lakeferry_task|lakeferry:1) ([a-z][^;&|'`#\n]*)/g),
    ]),
    ...[...text.matchAll(/"exportCommand": (\[.*?\])/g)].map(([, words]) => [words, JSON.parse(words!).join(' ')]),
  ].map(([, words]) => split(words!))
}

function containerArguments(text: string): string[][] {
  const found: string[][] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('args' in value && Array.isArray(value.args)) found.push(value.args.map(String))
    for (const member of Object.values(value)) visit(member)
  }
  for (const document of parseAllDocuments(text)) visit(document.toJS())
  return found
}

const split = (words: string): string[] => words.trim().split(/\s+/)

/** What the program's own grammar has against these words; undefined when it takes them. */
export async function complaint(words: readonly string[]): Promise<string | undefined> {
  const nothing = { stdout: { write: () => true } as never, printHelp: () => undefined, run: async () => undefined }
  try {
    const program = await buildProgram(words, nothing)
    await program.parseAsync(words, { from: 'user' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

export type Instruction = readonly [word: string, text: string]

/** Of a Containerfile, with lines that go on put together, without comments. */
export function instructions(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => {
      const [, word = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? []
      return [word, rest]
    })
}

/** What is copied; `from`: the stage that it comes from. Undefined: the checkout. */
export function copies(lines: readonly Instruction[]): { from: string | undefined; sources: string[] }[] {
  return lines
    .filter(([word]) => word === 'COPY')
    .map(([, text]) => {
      const words = split(text)
      const from = words.find(word => word.startsWith('--from='))?.slice('--from='.length)
      return { from, sources: words.filter(word => !word.startsWith('--')).slice(0, -1) }
    })
}

/** Whether an ignore file that begins with `*` lets a path through: its last line that says something of it wins. */
export function taken(ignore: string, path: string): boolean {
  let through = true
  for (const line of ignore.split('\n').filter(text => text !== '' && !text.startsWith('#'))) {
    const rule = line.replace('!', '')
    if (rule === '*' || path === rule || path.startsWith(`${rule}/`)) through = line.startsWith('!')
  }
  return through
}
