import { type Command, InvalidArgumentError, Option } from 'commander'
import type { FlagSetting } from '../config/overlay.js'
import { FORMATS } from '../model/format.js'

/** Arguments and options that several commands share, so that they mean and say the same everywhere. */

export function datasetArguments(command: Command): Command {
  return command.argument('[dataset...]', 'names from the configuration (default: all of them)')
}

export function formatOption(): Option {
  return new Option(
    '--format <list>',
    `file formats, separated by commas: ${FORMATS.join(', ')} (default: the dataset's own)`,
  )
}

/** What --format sets in the configuration. */
export function formatFlag(format: string | undefined): FlagSetting[] {
  return format === undefined ? [] : [{ key: 'datasets.*.formats', flag: '--format', value: format }]
}

export function runIdOption(): Option {
  return new Option('--run-id <id>', 'id of the new run, for a scheduler that names them (default: made of the time)')
}

export function resumeOption(): Option {
  return new Option(
    '--resume',
    'finish the run that a killed export left (that of --run-id, else the newest) without reading again what it had finished',
  )
}

export function runOption(): Option {
  return new Option('--run <id>', 'the run to look at (default: the newest committed one)')
}

export function rowsOption(): Option {
  return new Option('--rows', 'also write one row a document to the lake, with a <column>_status')
}

export function profileOption(): Option {
  return new Option('--profile', 'also compare volume, null rates, distinct counts and means with earlier runs')
}

export function againOption(): Option {
  return new Option('--again', 'validate even where the verdict of this contract is on the lake already')
}

export function engineOption(): Option {
  return new Option(
    '--engine <kind>',
    'what validates: duckdb, spark, emr, emr-serverless or auto (default: engine.kind)',
  )
}

/** What --engine sets in the configuration. */
export function engineFlag(engine: string | undefined): FlagSetting[] {
  return engine === undefined ? [] : [{ key: 'engine.kind', flag: '--engine', value: engine }]
}

/** For options that count: a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`Wanted a whole number of ${least} or more.`)
  }
}
