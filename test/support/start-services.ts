import { type LocalServer, startSecantus } from '../../src/demo/secantus.js'
import { secantusProgram, weedProgram } from './programs.js'
import { type SeaweedFs, startSeaweedFs } from './seaweedfs.js'

/** The MongoDB that test files share. It takes `configureFailPoint`. */
export async function startSharedMongo(): Promise<LocalServer> {
  return startSecantus({ program: await secantusProgram(), flags: ['--enable-test-commands'] })
}

/** The S3 that test files share. */
export async function startSharedS3(): Promise<SeaweedFs> {
  return startSeaweedFs({ weed: await weedProgram() })
}

/** Both, for people (`scripts/services.mjs`). */
export async function startServices(): Promise<{ mongo: LocalServer; s3: SeaweedFs; stop(): Promise<void> }> {
  const [mongo, s3] = await Promise.allSettled([startSharedMongo(), startSharedS3()])
  const stop = async (): Promise<void> => {
    for (const service of [mongo, s3]) if (service.status === 'fulfilled') await service.value.stop()
  }
  if (mongo.status === 'fulfilled' && s3.status === 'fulfilled') return { mongo: mongo.value, s3: s3.value, stop }
  await stop()
  throw mongo.status === 'rejected' ? mongo.reason : (s3 as PromiseRejectedResult).reason
}
