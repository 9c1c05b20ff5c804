import type { Reporter, TestModule } from 'vitest/node'

/** Says at the end why tests were skipped: a test that silently didn't run looks like one that passed. */
export default class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, number>()
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const note = (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given'
        reasons.set(note, (reasons.get(note) ?? 0) + 1)
      }
    }
    for (const [note, count] of reasons) console.log(`skipped ${count} ${count === 1 ? 'test' : 'tests'}: ${note}`)
  }
}
