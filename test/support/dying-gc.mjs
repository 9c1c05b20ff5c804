// One gc of a dataset's committed runs, for test/support/dying-gc.ts, over what is compiled.

import { openFsStore } from '../../dist/adapters/fs/fs-store.js'
import { openS3Store } from '../../dist/adapters/s3/s3-store.js'
import { planRetention } from '../../dist/retain/plan-sweep.js'
import { sweepDataset } from '../../dist/retain/sweep.js'

const { lake, now, keepDaily, kill } = JSON.parse(process.argv[2])
const inner = lake.root === undefined ? await openS3Store(lake) : openFsStore(lake)
let writes = 0
const counted = async work => {
  const answer = await work()
  if (++writes === kill) {
    process.kill(process.pid, 'SIGKILL')
    for (;;);
  }
  return answer
}
const store = new Proxy(inner, {
  get(target, name) {
    const value = Reflect.get(target, name, target)
    if (typeof value !== 'function') return value
    // One by one, so that it can die between any two objects.
    if (name === 'delete')
      return async keys => {
        for (const key of keys) await counted(() => inner.delete([key]))
      }
    if (!name.startsWith('put')) return value.bind(target)
    return (...args) => counted(() => value.apply(target, args))
  },
})
const instant = new Date(now)
const deps = { lake: store, clock: { now: () => instant }, signal: new AbortController().signal }
const options = { now: instant, olderThanMs: 86_400_000, dryRun: false }
const datasets = [{ name: 'papers', judging: {} }]
const plans = await planRetention(deps, datasets, options, { keepDaily, keepWeekly: 0, graceMs: 3_600_000 })
for (const plan of plans.values()) await sweepDataset(deps, plan, options, { removed: () => undefined })
process.stdout.write(String(writes))
await inner.close()
