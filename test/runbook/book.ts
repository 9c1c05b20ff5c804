import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, expect } from 'vitest'
import { MAIN } from '../cli/spawned.js'

/** The parts of a procedure, in their order. */
export const PARTS = ['What you see', 'What it means', 'What to do', 'Afterwards'] as const
export type PartName = (typeof PARTS)[number]

/** Something to be typed (`sh`, `js` for mongosh), with what it prints; or to be done by hand. */
export interface Step {
  readonly kind: 'sh' | 'js' | 'hand'
  readonly text: string
  readonly printed?: string
}

export interface Page {
  readonly title: string
  readonly parts: ReadonlyMap<PartName, { readonly prose: string; readonly steps: readonly Step[] }>
}

export const BOOK: string = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8')

/** All procedures: the sections of the second level. */
export function pages(): Page[] {
  return BOOK.split(/^## /m)
    .slice(1)
    .map(section => {
      const [title = '', ...lines] = section.split('\n')
      const parts = new Map<PartName, { prose: string; steps: Step[] }>()
      for (const piece of lines
        .join('\n')
        .split(/^\*\*(?=[A-Z])/m)
        .slice(1)) {
        const [name = '', ...rest] = piece.split('**')
        parts.set(name.replace(/\.$/, '') as PartName, { prose: piece, steps: stepsIn(rest.join('**')) })
      }
      return { title, parts }
    })
}

/** A fenced block, which may stand within a list, or a line that says what no command does. */
const STEP = /^( *)```(sh|js|text)\n([\s\S]*?)^ *```$|^(?: *\d+\. )? *By hand: (.*)$/gm

function stepsIn(text: string): Step[] {
  const steps: Step[] = []
  for (const [, margin = '', kind, body = '', hand] of text.matchAll(STEP)) {
    const lines = body.split('\n').map(line => line.slice(margin.length))
    const content = lines.join('\n').trimEnd()
    const last = steps.at(-1)
    if (hand !== undefined) steps.push({ kind: 'hand', text: hand })
    else if (kind === 'text' && last !== undefined) steps[steps.length - 1] = { ...last, printed: content }
    else steps.push({ kind: kind as 'sh' | 'js', text: content })
  }
  return steps
}

/** Where the commands are typed. */
export interface Situation {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What the words in capitals of the runbook, or names in it, stand for here: `RUN`, `iclr_2024`. */
  readonly values: Readonly<Record<string, string>>
  /** Shell commands such as `ulimit -f 64`, before each. */
  readonly before?: string
  /** For `js` steps. */
  readonly mongo?: string
}

export type ByHand = () => Promise<void> | void

/** One procedure, to be followed to the letter: `see`, `act`, `after`. */
export function procedure(title: string): Procedure {
  const page = pages().find(page => page.title === title)
  if (page === undefined) throw new Error(`docs/runbook.md has no section ${title}`)
  return new Procedure(page)
}

export class Procedure {
  readonly #page: Page
  #followed = 0

  constructor(page: Page) {
    this.#page = page
  }

  see(situation: Situation, ...hands: readonly ByHand[]): Promise<void> {
    return this.#follow('What you see', situation, hands)
  }

  act(situation: Situation, ...hands: readonly ByHand[]): Promise<void> {
    return this.#follow('What to do', situation, hands)
  }

  async after(situation: Situation, ...hands: readonly ByHand[]): Promise<void> {
    await this.#follow('Afterwards', situation, hands)
    expect(this.#followed, 'see, act and after').toBe(3)
  }

  async #follow(name: PartName, situation: Situation, hands: readonly ByHand[]): Promise<void> {
    this.#followed += 1
    const left = [...hands]
    const part = this.#page.parts.get(name)
    if (part === undefined) throw new Error(`${this.#page.title} does not say: ${name}`)
    for (const step of part.steps) {
      if (step.kind === 'hand') {
        const hand = left.shift()
        if (hand === undefined) throw new Error(`nobody does by hand: ${step.text}`)
        await hand()
      } else if (step.kind === 'js') await typeIntoMongosh(substitute(step.text, situation.values), situation)
      else await typeIntoShell(step, situation)
    }
    expect(left.length, `more done by hand than ${this.#page.title} says`).toBe(0)
  }
}

async function typeIntoShell({ text, printed }: Step, situation: Situation): Promise<void> {
  const command = substitute(text, situation.values)
  const { exitCode, output } = await shell(command, situation)
  const lines = printed === undefined ? [] : substitute(printed, situation.values).split('\n')
  const said = lines.findIndex(line => /^exit code \d+$/.test(line))
  const wanted = said < 0 ? 0 : Number(lines[said]?.slice('exit code '.length))
  expect(exitCode, `${command}\n${output}`).toBe(wanted)
  let rest = output.split('\n')
  for (const line of lines.filter((_, index) => index !== said)) {
    const shape = new RegExp(`^${line.split('…').map(escaped).join('.*')}$`)
    const at = rest.findIndex(got => shape.test(got))
    if (at < 0) expect.fail(`${command}\nprinted\n${output}\nand not, in this place, ${line}`)
    rest = rest.slice(at + 1)
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

export function substitute(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (result, [name, value]) => result.replace(new RegExp(`(?<![A-Za-z_-])${name}(?![A-Za-z_])`, 'g'), () => value),
    text,
  )
}

let bin: Promise<string> | undefined
// Of whichever test file types.
afterAll(async () => {
  if (bin !== undefined) await rm(await bin, { recursive: true, force: true })
})

/** A folder with `lakeferry` in it, as an installation has it on the PATH. */
function binFolder(): Promise<string> {
  bin ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lakeferry-bin-'))
    const program = join(folder, 'lakeferry')
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`)
    await chmod(program, 0o755)
    return folder
  })()
  return bin
}

export interface Printed {
  readonly exitCode: number
  readonly output: string
}

/** Types a command into a shell; standard output and standard error together, as a terminal shows them. */
export async function shell(
  command: string,
  { cwd, env, before = ':' }: Pick<Situation, 'cwd' | 'env' | 'before'>,
): Promise<Printed> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${before}\n${command}`], {
    cwd,
    env: { HOME, ...env, PATH: `${await binFolder()}:${env?.['PATH'] ?? PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ exitCode: code ?? -1, output }))
  })
}

/** The part of mongosh that the runbook uses: `db.getSiblingDB(NAME).runCommand(COMMAND)`. */
async function typeIntoMongosh(text: string, { mongo }: Situation): Promise<void> {
  const client = await MongoClient.connect(mongo ?? '')
  try {
    const db = {
      getSiblingDB: (name: string) => ({ runCommand: (command: object) => client.db(name).command(command) }),
    }
    await new Function('db', `return (${text})`)(db)
  } finally {
    await client.close()
  }
}
