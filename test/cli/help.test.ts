import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.js'
import { invoke } from './cli-fixture.js'

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
const sectionOf = (name: string): string =>
  new RegExp(`^## ${name}\\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(docs)?.[1] ?? ''
const flagsIn = (text: string): string[] => [...text.matchAll(/(?<![\w-])--[a-z-]+/g)].map(([flag]) => flag)
const unique = (flags: string[]): string[] => [...new Set(flags)].sort()
/** What can follow the name of a command: the names of its own commands, or nothing. */
const subcommandsIn = (help: string): string[] =>
  [...(/\nCommands:\n((?: {2}.*\n)+)/.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '')
/** The options of a command, those of its own commands among them. */
const ownOptions = async (name: string): Promise<string[]> => {
  const { stdout } = await invoke([name, '--help'])
  const helps = [stdout]
  for (const sub of subcommandsIn(stdout)) helps.push((await invoke([name, sub, '--help'])).stdout)
  const own = helps.map(help => help.split('\nOptions:\n')[1]?.split('Global Options:')[0] ?? '')
  return unique(flagsIn(own.join('\n').replace(/^ {2,}(?![-]).*$/gm, ''))).filter(flag => flag !== '--help')
}

describe('help', () => {
  it('of the program', async () => {
    const { exitCode, stdout, stderr } = await invoke(['--help'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatchSnapshot()
  })

  it.each(COMMANDS.map(row => row.name))('of %s ends in examples', async name => {
    const { exitCode, stdout, stderr } = await invoke([name, '--help'])
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toMatchSnapshot()
    const examples = stdout.split('Examples:\n')[1]?.trimEnd().split('\n') ?? []
    expect(examples.length).toBeGreaterThan(1)
    for (const line of examples) expect(line).toMatch(new RegExp(`^ {2}\\$ (npx )?lakeferry ${name}\\b`))
    expect((await invoke(['help', name])).stdout).toBe(stdout)
    for (const sub of subcommandsIn(stdout)) {
      const help = (await invoke([name, sub, '--help'])).stdout
      expect(help).toMatchSnapshot()
      expect(help.split('Examples:\n')[1]).toMatch(new RegExp(`^( {2}\\$ lakeferry ${name} ${sub}\\b.*\n)+$`))
    }
  })

  it.each(COMMANDS.map(row => row.name))('of %s and docs/cli.md have the same options', async name => {
    const table = [...sectionOf(name).matchAll(/^\| `(--[^`]+)` \|/gm)].map(([, flag]) => flag ?? '').join(' ')
    expect(unique(flagsIn(table))).toEqual(await ownOptions(name))
  })

  it('has no command that the document leaves out, and the other way round', () => {
    const sections = [...docs.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)
    expect(sections).toEqual(COMMANDS.map(row => row.name))
  })
})

describe('words that are no command', () => {
  it('none at all prints the help as an error', async () => {
    const { exitCode, stdout, stderr } = await invoke([])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: lakeferry')
  })

  it.each([
    [['exprt'], "error USAGE unknown command 'exprt'\n  Did you mean export? See `lakeferry --help`.\n"],
    [
      ['export', '--fromat', 'json'],
      "error USAGE unknown option '--fromat'\n  Did you mean --format? See `lakeferry export --help`.\n",
    ],
    [
      ['import', 'x.json'],
      "error USAGE required option '--collection <name>' not specified\n  See `lakeferry import --help`.\n",
    ],
    [
      ['runs', 'a', 'b'],
      "error USAGE too many arguments for 'runs'. Expected 1 argument but got 2.\n  See `lakeferry runs --help`.\n",
    ],
    [
      ['runs', '--limit', '0'],
      "error USAGE option '--limit <n>' argument '0' is invalid. Wanted a whole number of 1 or more.\n  See `lakeferry runs --help`.\n",
    ],
    [
      ['report', '--format', 'pdf'],
      "error USAGE option '--format <format>' argument 'pdf' is invalid. Allowed choices are html, junit, md, json, text.\n  See `lakeferry report --help`.\n",
    ],
  ])('%j', async (argv, wanted) => {
    expect(await invoke(argv)).toEqual({ exitCode: 2, stdout: '', stderr: wanted })
  })
})
