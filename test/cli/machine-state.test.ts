import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { machineStateFolder } from '../../src/cli/steps/machine-state.js'

describe('the folder in which a machine keeps the state of alerts while the lake is away', () => {
  const base = (env: Record<string, string>): string =>
    machineStateFolder('s3://lake/prod', env).replace(/[0-9a-f]{16}$/, 'LAKE')

  it('is where the system keeps such things', () => {
    expect(base({ XDG_STATE_HOME: '/var/state', HOME: '/home/ann' })).toBe('/var/state/lakeferry/LAKE')
    expect(base({ HOME: '/home/ann' })).toBe('/home/ann/.local/state/lakeferry/LAKE')
    expect(base({ XDG_STATE_HOME: 'state', HOME: '/home/ann' })).toBe('/home/ann/.local/state/lakeferry/LAKE')
    expect(base({ XDG_STATE_HOME: '', HOME: '' }).startsWith(`${tmpdir()}/lakeferry-`)).toBe(true)
  })

  it('is another for each lake, whose address it does not tell', () => {
    const [one, two] = ['s3://ann:secret@one', 's3://two'].map(url => machineStateFolder(url, { HOME: '/home/ann' }))
    expect(one).not.toBe(two)
    expect(one).not.toContain('secret')
  })
})
