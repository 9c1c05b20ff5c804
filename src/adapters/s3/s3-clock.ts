import { type ClockReading, clockReading } from '../../ports/source-health.js'
import { responseHeader } from './s3-error.js'
import { attempt, type S3Target } from './s3-target.js'

/** `Date` is in whole seconds (RFC 9110, 5.6.7). */
const COARSE_MS = 1_000

/**
 * The store's clock, from the `Date` of its answer to a question about the bucket. A refusal tells the time as well: AWS
 * refuses whoever's clock is 15 minutes off, and that is what this is to find out.
 */
export async function readS3Clock(target: S3Target): Promise<ClockReading | undefined> {
  const { sdk, client, bucket } = target
  const command = new sdk.HeadBucketCommand({ Bucket: bucket })
  let date: string | undefined
  command.middlewareStack.add(
    next => async args => {
      const answer = await next(args)
      date = responseHeader(answer.response, 'date')
      return answer
    },
    // Next to the wire, so that refusals come by, too.
    { step: 'deserialize', name: 'readDate', priority: 'low' },
  )
  const asked = new Date()
  try {
    await attempt(target, 'head', '', () => client.send(command))
  } catch (error) {
    if (date === undefined) throw error
  }
  const theirs = new Date(date ?? '')
  return Number.isNaN(theirs.getTime()) ? undefined : clockReading(asked, theirs, new Date(), COARSE_MS)
}
