import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { type Config, type DatasetConfig, findDataset } from '../../config/config.js'
import { isLakeferryError, LakeferryError } from '../../errors.js'
import type { CommandContext } from '../command.js'

/** A contract's file, and the data set that has it, where there is one. */
export interface ContractFile {
  /** Absolute. */
  readonly path: string
  /** As people know it: relative to where they are, when it is below. */
  readonly shown: string
  readonly dataset: DatasetConfig | undefined
}

/**
 * The configuration, for commands that can do without: undefined where there is none. A mistake in it is one all the same.
 */
export async function optionalConfig(context: CommandContext): Promise<Config | undefined> {
  try {
    return (await context.loadConfig()).config
  } catch (error) {
    if (context.options.config === undefined && isLakeferryError(error, 'CONFIG_MISSING')) return undefined
    throw error
  }
}

/** The contract that a word means: that of the data set of this name, or the file. */
export function contractFile(word: string, config: Config | undefined, cwd: string): ContractFile {
  const named = config?.datasets.find(({ name }) => name === word)
  if (named) return datasetContract(named, cwd)
  // A name without anything of a path is a data set's that is not there, sooner than a file's.
  if (config && /^[\w-]+$/.test(word)) findDataset(config, word)
  const path = resolve(cwd, word)
  const owners = config?.datasets.filter(({ contract }) => contract === path) ?? []
  return { path, shown: shownPath(path, cwd), dataset: owners.length === 1 ? owners[0] : undefined }
}

/** @throws {@link LakeferryError} `DATASET_NO_CONTRACT` */
export function datasetContract(dataset: DatasetConfig, cwd: string): ContractFile {
  if (dataset.contract === undefined) throw new LakeferryError('DATASET_NO_CONTRACT', { dataset: dataset.name })
  return { path: dataset.contract, shown: shownPath(dataset.contract, cwd), dataset }
}

/** @throws {@link LakeferryError} `CONTRACT_MISSING`, `CONTRACT_INVALID` for what is no text */
export async function readContractText({ path, shown }: ContractFile): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new LakeferryError('CONTRACT_MISSING', { file: shown }, { cause: error })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const details = { file: shown, line: 1, column: 1, problem: 'no UTF-8 text' }
    throw new LakeferryError('CONTRACT_INVALID', details, { cause: error })
  }
}

function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below
}
