import { basename } from 'node:path'
import { type Comparison, comparePlanted } from './compare.js'
import type { DemoDeps, DemoExport, DemoStep, DemoValidation } from './demo-deps.js'
import type { DemoStory } from './demo-story.js'
import type { GeneratedCollection } from './generated-collection.js'
import type { DemoDatasetOutcome } from './run-demo.js'
import type { DemoWorkspace } from './workspace.js'

export type Collections = Readonly<Record<'papers' | 'comments', GeneratedCollection<object>>>

/** What was done to one dataset, for the outcome and for the story. */
export interface FerriedDataset {
  readonly told: DemoDatasetOutcome
  readonly generated: GeneratedCollection<object>
  readonly validation: DemoValidation
  readonly comparison: Comparison
}

/** Exports, validates and reports each, and holds what was reported against what was planted. */
export async function ferry(
  deps: DemoDeps,
  story: DemoStory,
  workspace: DemoWorkspace,
  collections: Collections,
): Promise<FerriedDataset[]> {
  const ferried: FerriedDataset[] = []
  for (const [dataset, generated] of Object.entries(collections)) {
    const step = (progress: (done: number) => void): DemoStep => {
      deps.signal.throwIfAborted()
      return { configFile: workspace.configFile, dataset, signal: deps.signal, progress }
    }
    const exported = await story.step(
      `Export ${dataset}`,
      async progress => {
        const value: DemoExport = await deps.exportDataset(step(progress))
        const parts = story.count(value.parts, 'part')
        return { value, told: `${story.count(value.documents, 'document')} in ${parts}, ${story.bytes(value.bytes)}` }
      },
      generated.count,
    )
    const { validation, comparison } = await story.step(`Validate ${dataset}`, async progress => {
      const validation: DemoValidation = await deps.validateDataset(step(progress))
      const comparison = await comparePlanted(generated.planted, validation.violations())
      return { value: { validation, comparison }, told: story.verdictOf(validation) }
    })
    const report = await story.step(`Report ${dataset}`, async progress => {
      const value = await deps.writeReport(step(progress))
      return { value, told: basename(value) }
    })
    const { runId, documents, bytes } = exported
    const { planted, reported } = comparison
    // A document that was lost on the way would otherwise only be missed if it had a defect.
    const lost = Math.abs(documents - generated.count)
    const [missing, unexpected] = [comparison.missing.length + lost, comparison.unexpected.length]
    ferried.push({
      told: { dataset, runId, documents, bytes, planted, reported, missing, unexpected, report },
      generated,
      validation,
      comparison,
    })
  }
  return ferried
}
