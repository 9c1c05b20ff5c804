import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/cli/command-table.js'
import { loadConfig } from '../src/config/load-config.js'
import { parseContract } from '../src/contract/load.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!)
const [configuration, byItself, contract] = [/^source:/m, /^schedule:/m, /^kind: DataContract/m].map(
  words => blocks.find(text => words.test(text))!,
)

describe('README.md', () => {
  it('shows a configuration that is one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'lakeferry-readme-'))
    try {
      await writeFile(join(directory, 'lakeferry.yaml'), `${configuration}${byItself}`)
      const env = { SLACK_WEBHOOK: 'https://hooks.example/services/T/B/X' }
      const { config } = await loadConfig({ env, cwd: directory })
      expect(config.datasets.map(dataset => dataset.name)).toEqual(['orders'])
      expect(config).toMatchObject({ schedule: { sets: [{ timezone: 'Europe/Paris' }] }, retention: { keepDaily: 14 } })
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('shows a contract that is one', () => {
    const { rules, columns } = parseContract(contract!, 'README.md')
    expect(columns.map(column => column.name)).toEqual(['number', 'total'])
    expect(rules.find(rule => rule.id === 'number.required')?.message).toBe('Missing number')
  })

  it('names commands, scripts and files that there are', () => {
    const commands = [...readme.matchAll(/lakeferry (\w+)/g)].map(([, name]) => name!)
    const known = new Set(COMMANDS.map(command => command.name))
    for (const name of commands.filter(word => !['schema'].includes(word))) expect(known, name).toContain(name)
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const [, name] of readme.matchAll(/npm run (\w+)/g)) expect(scripts).toHaveProperty(name!)
    for (const [, path] of readme.matchAll(/\]\(((?:docs|CHANGELOG)[^)]*)\)/g))
      expect(existsSync(join(root, path!)), path).toBe(true)
  })
})
