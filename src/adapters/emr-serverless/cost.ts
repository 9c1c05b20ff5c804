import type { JobRun } from '@aws-sdk/client-emr-serverless'

/**
 * US dollars. Those of another region or architecture, or of a contract of one's own, come from the configuration.
 *
 * @see https://aws.amazon.com/emr/pricing/ for the list prices
 */
export interface Prices {
  readonly vcpuHour: number
  readonly memoryGbHour: number
  readonly storageGbHour: number
}

/** Parts of a cent matter for a job of a minute. */
const DIGITS = 6

/** What the job run used and what that costs; billed resources where EMR tells them already, else those that were used. */
export function resourceFacts(run: JobRun, prices: Prices): Record<string, string | number> {
  const billed = run.billedResourceUtilization
  const used = billed ?? run.totalResourceUtilization
  const { vCPUHour, memoryGBHour, storageGBHour } = used ?? {}
  if (vCPUHour === undefined || memoryGBHour === undefined) {
    return { cost: 'not known: EMR Serverless has not told yet what was used' }
  }
  const storage = storageGBHour ?? 0
  const usd = vCPUHour * prices.vcpuHour + memoryGBHour * prices.memoryGbHour + storage * prices.storageGbHour
  return {
    vcpuHours: vCPUHour,
    memoryGbHours: memoryGBHour,
    storageGbHours: storage,
    costUsd: rounded(usd),
    costFrom: `${billed === undefined ? 'resources used' : 'resources billed'}, at ${prices.vcpuHour} USD a vCPU-hour, ${prices.memoryGbHour} a GB-hour of memory, ${prices.storageGbHour} a GB-hour of storage (emr.prices)`,
  }
}

function rounded(value: number): number {
  return Math.round(value * 10 ** DIGITS) / 10 ** DIGITS
}
