import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { takeInstallLock } from '../../src/demo/install-lock.js'

const run = promisify(execFile)

/** A first download is of half a gigabyte. */
const WITHIN_MS = 580_000

/**
 * Paths of jars, each copied into the folder of services the first time. A jar is there whole or not at all.
 *
 * @param artifacts - `group:artifact:version`; without what they depend on
 * @throws Error with what Maven said last
 */
export async function installMavenJars(
  artifacts: readonly string[],
  { home, say }: { readonly home: string; readonly say?: (line: string) => void },
): Promise<readonly string[]> {
  const folder = join(home, 'jars')
  const paths = artifacts.map(artifact => {
    const [, name, version] = artifact.split(':')
    return join(folder, `${name}-${version}.jar`)
  })
  if (paths.every(path => existsSync(path))) return paths
  await mkdir(folder, { recursive: true })
  const release = await takeInstallLock(join(home, 'jars.lock'), undefined)
  try {
    for (const [index, path] of paths.entries()) {
      if (existsSync(path)) continue
      say?.(`Installing ${artifacts[index]} into ${home}, once.`)
      const draft = join(folder, `draft-${process.pid}`)
      await copyArtifact(artifacts[index] ?? '', draft)
      await rename(join(draft, path.slice(folder.length + 1)), path)
      await rm(draft, { recursive: true })
    }
  } finally {
    await release()
  }
  return paths
}

async function copyArtifact(artifact: string, folder: string): Promise<void> {
  const args = ['-q', '-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]
  try {
    await run('mvn', args, { timeout: WITHIN_MS })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    const { code, stdout, message } = error as NodeJS.ErrnoException & { stdout?: string }
    if (code === 'ENOENT') throw new Error(`${artifact} needs Maven (mvn), which is not on the PATH`, { cause: error })
    const said = stdout?.split('\n').find(line => line.includes('ERROR'))
    throw new Error(`Maven could not get ${artifact}: ${said ?? message}`, { cause: error })
  }
}
