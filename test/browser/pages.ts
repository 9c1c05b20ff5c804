import { nights, runIdOf } from '../web/bodies/nights.js'
import { runs } from '../web/bodies/runs.js'

/** A page of the dashboard: the name of its picture, its address, and a text that is there when all of it is. */
export type ShownPage = readonly [name: string, path: string, there: string]

export function pages(now: number): readonly ShownPage[] {
  const runId = runIdOf(nights(now).at(-1)!)
  const failed = runs(now, 'papers').find(run => run.runId === null)!
  return [
    ['overview', '/', 'What needs attention'],
    ['runs', '/runs', 'SOURCE_UNREACHABLE'],
    ['run', `/runs/papers/${runId}`, 'Check it yourself'],
    ['attempt', `/runs/papers/${failed.key}`, 'Run it again'],
    ['quality', `/quality/papers?run=${runId}`, 'To be expected'],
    ['papers', '/papers?q=diffusion', 'Rethinking diffusion'],
    ['paper', '/papers/p0', 'Is the code available?'],
    ['contract', '/contract/papers', 'Comments are the evidence'],
    ['alerts', '/alerts', 'papers breaks its contract'],
  ]
}

/** Those that are only to be filled in. */
export function formPages(): readonly ShownPage[] {
  return [
    ['paper-edit', '/papers/p0/edit', 'Only what you change is written'],
    ['paper-new', '/papers/-/new', 'Only the title is needed'],
  ]
}
