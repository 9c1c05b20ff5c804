import { relative } from 'node:path'
import type { DemoTerminal, DemoValidation } from './demo-deps.js'
import type { FerriedDataset } from './ferry.js'
import type { GeneratedCollection } from './generated-collection.js'
import type { DemoDatasetOutcome } from './run-demo.js'
import type { DemoWorkspace } from './workspace.js'

const LABEL_WIDTH = 20
const DEFECT_WIDTH = 26
const COUNT_WIDTH = 10
/** Differences that are listed one by one, of each kind. */
const MAX_LISTED = 10

/** What the demo tells, line by line, while it goes on. */
export class DemoStory {
  readonly #terminal: DemoTerminal
  readonly #began = performance.now()

  constructor(terminal: DemoTerminal) {
    this.#terminal = terminal
  }

  begin(collections: Readonly<Record<string, GeneratedCollection<object>>>, seed: number): void {
    const { style } = this.#terminal
    const amounts = Object.entries(collections).map(([name, { count }]) => `${number(count)} ${name}`)
    let defects = 0
    for (const { planted } of Object.values(collections)) {
      for (const { ids } of planted.defects) defects += ids.length
    }
    this.#line(style.bold('Lakeferry demo'))
    this.#line(
      `${amounts.join(' and ')} that nobody wrote, made from seed ${seed}; ${number(defects)} of them damaged on purpose.`,
    )
    this.#line()
  }

  /** Does something, and tells what came of it in one line with the time it took. */
  async step<T>(
    label: string,
    work: (progress: (done: number) => void) => Promise<{ value: T; told: string }>,
    total = 0,
  ): Promise<T> {
    const began = performance.now()
    const bar = total > 0 ? this.#terminal.bar(label, total) : undefined
    let outcome: { value: T; told: string }
    try {
      outcome = await work(done => bar?.update(done))
    } finally {
      bar?.stop()
    }
    const { style } = this.#terminal
    const seconds = `${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(7)
    this.#line(`${style.dim(seconds)}  ${label.padEnd(LABEL_WIDTH)}${outcome.told}`)
    return outcome.value
  }

  aside(text: string): void {
    this.#line(this.#terminal.style.dim(`         ${text}`))
  }

  verdict(outcomes: readonly FerriedDataset[]): void {
    const { style } = this.#terminal
    this.#line()
    for (const { told, generated, comparison, validation } of outcomes) {
      const heads = ['planted', 'reported'].map(head => head.padStart(COUNT_WIDTH)).join('')
      this.#line(`${style.bold(told.dataset.padEnd(DEFECT_WIDTH))}${style.dim(heads)}`)
      for (const { name, rules, ids } of generated.planted.defects) {
        if (ids.length === 0) continue
        const found = Math.min(...rules.map(rule => comparison.found(rule, ids)))
        const counts = [ids.length, found].map(count => number(count).padStart(COUNT_WIDTH)).join('')
        const names = rules.map(rule => {
          const severity = validation.rules.find(({ id }) => id === rule)?.severity ?? 'error'
          return style.severity(severity, rule)
        })
        const line = `  ${name.padEnd(DEFECT_WIDTH - 2)}${counts}`
        this.#line(`${found === ids.length ? line : style.bad(line)}   ${names.join(', ')}`)
      }
      this.#differences('planted and not reported', comparison.missing)
      this.#differences('reported and not planted', comparison.unexpected)
      if (told.documents !== generated.count) {
        this.#line(style.bad(`  ${number(told.documents)} documents arrived of ${number(generated.count)}`))
      }
      this.#line()
    }
    const sum = (pick: (told: DemoDatasetOutcome) => number): number =>
      outcomes.reduce((total, { told }) => total + pick(told), 0)
    const [missing, unexpected] = [sum(told => told.missing), sum(told => told.unexpected)]
    this.#line(
      missing + unexpected === 0
        ? style.good(
            `Everything that was planted was reported, and nothing else: ${number(sum(told => told.planted))} violations.`,
          )
        : style.bad(`Not as planted: ${number(missing)} missing, ${number(unexpected)} unexpected.`),
    )
  }

  whereNext(end: {
    readonly workspace: DemoWorkspace
    readonly reports: readonly DemoDatasetOutcome[]
    /** Its address, where everything is kept. */
    readonly dashboard: string | null
    readonly uri: string
    readonly configured: boolean
  }): void {
    const { style } = this.#terminal
    const { lake, configFile, used } = end.workspace
    const command = (text: string): string => style.accent(`npx lakeferry ${text} --config ${this.path(configFile)}`)
    this.#line(`It took ${this.seconds().toFixed(0)} s in all.`)
    this.#line()
    this.#line(
      `The lake is ${style.accent(this.path(lake))}${used ? ', with the runs of earlier demos' : ''}. The reports, to be opened in a browser:`,
    )
    for (const { dataset, report } of end.reports) {
      this.#line(`${dataset.padEnd(LABEL_WIDTH - 8)}${style.accent(this.path(report))}`)
    }
    this.#line()
    this.#line('Try next:')
    this.#line(`  ${command('status')}`)
    this.#line(`  ${command('report papers --format md')}`)
    this.#line(`  ${command('validate papers --rows')}`)
    this.#line(
      style.dim('  status and validate exit with 1, as they should: these data break their contract, on purpose.'),
    )
    if (end.dashboard === null) {
      const gone = end.configured ? 'The database of the demo is dropped again' : 'The server is stopped'
      this.#line(style.dim(`  ${gone}; these three need the lake only. With --keep it stays, with the dashboard.`))
      return
    }
    this.#line()
    this.#line(`The dashboard, with papers to read and runs to look at: ${style.bold(style.accent(end.dashboard))}`)
    this.#line(`The API is described at ${end.dashboard}docs`)
    this.#line(`MongoDB stays at ${end.configured ? 'MONGODB_URI' : end.uri}, and all of it until Ctrl-C.`)
  }

  verdictOf({ rules, failingDocuments }: DemoValidation): string {
    const failed = rules.filter(rule => rule.status === 'fail')
    const broken = failed.filter(rule => rule.severity === 'error').length
    const warn = failed.length > broken ? `, ${failed.length - broken} more warn` : ''
    return `${broken} of ${rules.length} rules broken by ${this.count(failingDocuments, 'document')}${warn}`
  }

  seconds(): number {
    return (performance.now() - this.#began) / 1000
  }

  count(amount: number, noun: string): string {
    return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`
  }

  bytes(amount: number): string {
    return amount < 1e6 ? `${(amount / 1e3).toFixed(0)} kB` : `${(amount / 1e6).toFixed(1)} MB`
  }

  /** As one would type it from here. */
  path(path: string): string {
    const near = relative(process.cwd(), path)
    return near === '' || near.startsWith('..') ? path : near
  }

  #differences(what: string, keys: readonly string[]): void {
    if (keys.length === 0) return
    const more = keys.length > MAX_LISTED ? ', …' : ''
    this.#line(this.#terminal.style.bad(`  ${what}: ${keys.slice(0, MAX_LISTED).join(', ')}${more}`))
  }

  #line(text = ''): void {
    this.#terminal.line(text)
  }
}

function number(value: number): string {
  return value.toLocaleString('en')
}
