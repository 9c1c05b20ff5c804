import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultOf, type LakeferrySettings, SETTING_NAMES, settle } from '../../infra/settings.js'
import { cdkJson, synthesize } from './synthesized.js'

const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8')
/** `| `name` | default | what |` */
const rows = [
  ...readme
    .slice(readme.indexOf('| setting |'))
    .split('\n\n')[0]!
    .matchAll(/^\| `(\w+)` \|([^|]*)\|/gm),
].map(([, name, value]) => [name!, value!.trim()] as const)

describe('settings', () => {
  it('are all in the README with their defaults, and no others', () => {
    expect(rows.map(([name]) => name).sort()).toEqual([...SETTING_NAMES])
    for (const [name, shown] of rows) {
      const value = defaultOf(name)
      const none =
        value === undefined || value === '' || (typeof value === 'object' && Object.keys(value!).length === 0)
      expect(shown, name).toBe(none ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``)
    }
  })

  it('of cdk.json are ones that there are, and begin paused', () => {
    expect(settle(cdkJson.context.lakeferry).paused).toBe(true)
  })

  it.each([
    [{ bucketname: 'x' }, /no setting bucketname.*bucketName/],
    [{ lakePrefix: '/lake' }, /lakePrefix must be a folder/],
    [{ encryption: 'aes' }, /encryption must be s3 or kms, and is "aes"/],
    [{ vpcId: 'vpc-1' }, /vpcId and subnetIds belong together/],
    [{ subnetIds: ['subnet-1'] }, /belong together/],
    [{ staleAfterHours: 169 }, /staleAfterHours must be a whole number from 1 to 168, and is 169/],
    [{ scratchGiB: 20 }, /from 21 to 200/],
    [{ expireReportsAfterDays: 90 }, /expireReportsAfterDays must be a whole number of 365 or more, and is 90/],
    [{ exportCommand: [] }, /exportCommand/],
    [{ architecture: 'arm' }, /X86_64 or ARM64/],
    [{ ports: [0] }, /ports must be/],
  ])('that cannot be meant are refused: %j', (settings, problem) => {
    expect(() => synthesize(settings as LakeferrySettings)).toThrow(problem)
  })

  it('do not show a secret that was put where its ARN belongs', () => {
    const secrets = { MONGODB_URI: 'mongodb://user:hunter2@db' }
    expect(() => settle({ secrets })).toThrow(/secrets.MONGODB_URI must be the ARN of a secret/)
    expect(() => settle({ secrets })).not.toThrow(/hunter2/)
  })
})
