import { nights, runIdOf } from '../web/bodies.js'

/** Each page of the dashboard: the name of its picture, its address, and a text that is there when all of it is. */
export function pages(now: number): readonly (readonly [name: string, path: string, there: string])[] {
  const runId = runIdOf(nights(now).at(-1)!)
  return [
    ['overview', '/', 'What needs attention'],
    ['runs', '/runs', 'SOURCE_UNREACHABLE'],
    ['run', `/runs/papers/${runId}`, 'Check it yourself'],
    ['quality', `/quality/papers?run=${runId}`, 'To be expected'],
    ['papers', '/papers?q=diffusion', 'Rethinking diffusion'],
    ['paper', '/papers/p0', 'Is the code available?'],
    ['contract', '/contract/papers', 'Comments are the evidence'],
    ['alerts', '/alerts', 'papers breaks its contract'],
  ]
}
