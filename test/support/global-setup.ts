import type { TestProject } from 'vitest/node'
import { Broker, type BrokerAddress } from './broker.js'
import { buildWhenStale } from './build.js'
import { secantusProgram, weedProgram } from './programs.js'

declare module 'vitest' {
  interface ProvidedContext {
    broker: BrokerAddress
  }
}

/** Runs once, before any test file. Nothing is started until a test file asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await Promise.all([buildWhenStale(), installServices()])
  const broker = await Broker.listen({
    // Loaded when needed as well: most runs of a single test file want neither.
    mongo: async () => {
      const { startSharedMongo } = await import('./start-services.js')
      const { stop, ...facts } = await startSharedMongo()
      return { facts, stop }
    },
    s3: async () => {
      const { startSharedS3 } = await import('./start-services.js')
      const { stop, ...facts } = await startSharedS3()
      return { facts, stop }
    },
  })
  project.provide('broker', broker.address)
  return () => broker.stop()
}

/** Once in a checkout. Not when the first test asks: that may take longer than a test is given. */
async function installServices(): Promise<void> {
  for (const outcome of await Promise.allSettled([secantusProgram(), weedProgram()])) {
    // Tests that need it will fail and say why; the others can do without.
    if (outcome.status === 'rejected') console.error(outcome.reason.message)
  }
}
