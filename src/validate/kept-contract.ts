import { createHash } from 'node:crypto'
import { parseContract } from '../contract/load.js'
import { LakeferryError } from '../errors.js'
import type { Contract } from '../model/contract.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import { schemaDifference } from './schema-difference.js'

/** The contract that a run is held to, and whether it is the one that lies on the lake since the run was exported. */
export interface ChosenContract {
  readonly contract: Contract
  readonly kept: boolean
}

/**
 * The contract for an older run: today's as long as the run has its columns, else the one that the run was exported with, which
 * the export has kept on the lake. Where neither fits, today's: validating then tells what differs.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` when what was kept is another text, `CONTRACT_INVALID` when this version
 * does not take it any more
 */
export async function contractFor(lake: ObjectStore, manifest: Manifest, today: Contract): Promise<ChosenContract> {
  if (schemaDifference(manifest.columns, today.columns) === undefined) return { contract: today, kept: false }
  const kept = await keptContract(lake, manifest)
  const fits = kept !== undefined && schemaDifference(manifest.columns, kept.columns) === undefined
  return fits ? { contract: kept, kept: true } : { contract: today, kept: false }
}

async function keptContract(lake: ObjectStore, { dataset, contract }: Manifest): Promise<Contract | undefined> {
  if (contract === undefined) return undefined
  const key = lakeKey.contract(contract.fingerprint)
  const stored = await lake.get(key)
  if (stored === undefined) return undefined
  const got = createHash('sha256').update(stored.body).digest('hex')
  if (got !== contract.fingerprint) {
    const wanted = `a text whose SHA-256 is ${contract.fingerprint}`
    throw new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got: `one of ${got}` })
  }
  // With its byte order mark, if it has one: the fingerprint is of all bytes.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(stored.body)
  return parseContract(text, key, { object: dataset })
}
