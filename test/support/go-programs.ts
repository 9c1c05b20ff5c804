import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { takeInstallLock } from '../../src/demo/install-lock.js'

const run = promisify(execFile)

/** A first build fetches some thirty modules and compiles each. */
const WITHIN_MS = 580_000

/** Programs of one Go module, built from its source. */
export interface GoModule {
  readonly path: string
  readonly version: string
  /** The program's name, and its package within the module. */
  readonly programs: Readonly<Record<string, string>>
  /** Variable of the programs that says which version they are. */
  readonly versionVariable: string
}

/**
 * MongoDB's own tools, of the version that other Go programs use as a library: its releases are not tagged as Go wants it.
 */
export const MONGO_TOOLS: GoModule = {
  path: 'github.com/mongodb/mongo-tools',
  version: 'v0.0.0-20240723193119-837c2bc263f4',
  programs: { mongodump: 'mongodump/main', mongoexport: 'mongoexport/main', mongorestore: 'mongorestore/main' },
  versionVariable: 'main.VersionStr',
}

/**
 * The folder that the module's programs are in, built into the folder of services the first time. They are there all or
 * none.
 *
 * @throws Error with what Go said last
 */
export async function installGoPrograms(
  module: GoModule,
  { home, say }: { readonly home: string; readonly say?: (line: string) => void },
): Promise<string> {
  const folder = join(home, `${basename(module.path)}-${module.version}`)
  if (existsSync(folder)) return folder
  await mkdir(home, { recursive: true })
  const release = await takeInstallLock(`${folder}.lock`, undefined)
  try {
    if (existsSync(folder)) return folder
    say?.(`Building ${module.path} ${module.version} into ${home}, once.`)
    const draft = join(home, `draft-go-${process.pid}`)
    try {
      await build(module, draft)
      await rename(join(draft, 'bin'), folder)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  } finally {
    await release()
  }
  return folder
}

async function build({ path, version, programs, versionVariable }: GoModule, draft: string): Promise<void> {
  await mkdir(join(draft, 'bin'), { recursive: true })
  await writeFile(join(draft, 'go.mod'), `module programs\n\ngo 1.21\n\nrequire ${path} ${version}\n`)
  for (const [name, folder] of Object.entries(programs)) {
    const output = join(draft, 'bin', name)
    const flags = ['-ldflags', `-X ${versionVariable}=${version}`, '-o', output]
    // Another compiler than the one that is here would be a download; checksums of modules are Go's to check.
    const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' }
    try {
      await run('go', ['build', ...flags, `${path}/${folder}`], { cwd: draft, env, timeout: WITHIN_MS })
    } catch (error) {
      const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string }
      if (code === 'ENOENT') throw new Error(`${name} is built with Go, which is not on the PATH`, { cause: error })
      throw new Error(`Go could not build ${name}: ${stderr?.trim().split('\n').at(-1) || message}`, { cause: error })
    }
  }
}
