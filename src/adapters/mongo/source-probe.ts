import type { Document } from 'mongodb'
import type { Guarantee } from '../../model/manifest.js'
import { describe, knownCollections } from './collection-facts.js'
import type { Hello, MongoConnection } from './connection.js'
import { findReadPoint } from './guarantee.js'

/** What a source is like, for `doctor`. */
export interface MongoProbe {
  /** The member that a run would read from, `host:port`. */
  readonly member: string
  /** `8.2.11`; `unknown` where the server does not tell. */
  readonly version: string
  /** `replica set rs0`, `sharded cluster`, `standalone server`. */
  readonly topology: string
  /** Collections that may be seen, sorted. */
  readonly collections: readonly string[]
  /** The collection that was tried; undefined when there is none. */
  readonly tried: string | undefined
  /** What a run of that collection could promise; undefined when none was tried. */
  readonly guarantee: Guarantee | undefined
}

/** @throws what the driver throws, and `COLLECTION_MISSING` for a collection that was named */
export async function probeMember(connection: MongoConnection, named: string | undefined): Promise<MongoProbe> {
  const { driver } = connection
  const member = await connection.member()
  const version = await member.client
    .db('admin')
    .command({ buildInfo: 1 })
    .then(
      (info: Document) => String(info['version'] ?? 'unknown'),
      error => {
        if (error instanceof driver.MongoServerError) return 'unknown'
        throw error
      },
    )
  const collections = await knownCollections(driver, member.db)
  const tried = named ?? collections[0]
  let guarantee: Guarantee | undefined
  if (tried !== undefined) {
    await describe(driver, member.db, tried)
    const probed = { driver, member, collection: tried, filter: undefined, comment: 'lakeferry doctor' }
    guarantee = (await findReadPoint(probed)).guarantee
  }
  return { member: member.address, version, topology: topologyOf(member.hello), collections, tried, guarantee }
}

function topologyOf({ msg, setName }: Hello): string {
  if (msg === 'isdbgrid') return 'sharded cluster'
  return setName === undefined ? 'standalone server' : `replica set ${setName}`
}
