import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { LakeferryError } from '../errors.js'
import { PACKAGE_ROOT } from './services-home.js'

export interface DemoWorkspace {
  /** Absolute, like the others. */
  readonly directory: string
  readonly configFile: string
  readonly lake: string
  /** Whether an earlier demo's runs are on the lake already. */
  readonly used: boolean
}

/** What `examples/lakeferry.yaml` says where the demo's own server has to stand. */
const EXAMPLE_URI = 'mongodb://127.0.0.1:27017'

/**
 * Makes the demo's folder out of `examples/`. An earlier demo's folder is used again: its configuration and contracts
 * are written anew, its lake stays, so that the report has a trend to show.
 *
 * @param uri - of the server started for the demo; undefined for the one that `MONGODB_URI` names, whose credentials
 *   have no business in a file
 * @throws {@link LakeferryError} `USAGE` when the folder holds something else
 */
export async function prepareWorkspace(directory: string, uri: string | undefined): Promise<DemoWorkspace> {
  const root = resolve(directory)
  const configFile = join(root, 'lakeferry.yaml')
  const used = await checkWorkspace(root)
  const examples = join(PACKAGE_ROOT, 'examples')
  const example = await readFile(join(examples, 'lakeferry.yaml'), 'utf8')
  await mkdir(root, { recursive: true })
  for (const contract of ['papers.odcs.yaml', 'comments.odcs.yaml']) {
    await copyFile(join(examples, contract), join(root, contract))
  }
  await writeFile(configFile, `${MARK}\n${uri === undefined ? example : example.replace(EXAMPLE_URI, uri)}`)
  return { directory: root, configFile, lake: join(root, 'lake'), used }
}

/** First line of the configuration, by which a demo's folder is known. */
const MARK = '# Written by `lakeferry demo`, and written again by the next one.'

/**
 * Whether an earlier demo's runs are in the folder. Nothing is written.
 *
 * @throws {@link LakeferryError} `USAGE` when it holds something else
 */
export async function checkWorkspace(directory: string): Promise<boolean> {
  const root = resolve(directory)
  let names: string[]
  try {
    names = await readdir(root)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    throw new LakeferryError('USAGE', { problem: `${root} cannot be the demo's folder: ${code}`, next: NEXT })
  }
  if (names.length === 0) return false
  const config = await readFile(join(root, 'lakeferry.yaml'), 'utf8').catch(() => '')
  if (config.startsWith(MARK)) return names.includes('lake')
  throw new LakeferryError('USAGE', {
    problem: `${root} is not empty and no earlier demo's folder; nothing was written`,
    next: NEXT,
  })
}

const NEXT = 'Name a folder that is empty or not there yet: lakeferry demo --dir DIR'
