// The limit: the same documents fetched over the wire in whole replies, walked, and nothing made of them.
import { MongoClient } from 'mongodb'

const [uri, database, collection, order] = process.argv.slice(2)
const client = await new MongoClient(uri).connect()
const session = client.startSession()
const db = client.db(database)
let documents = 0
const started = process.hrtime.bigint()
const sort = order === undefined ? {} : { sort: { [order]: 1 } }
let reply = await db.command({ find: collection, ...sort, batchSize: 5_000 }, { raw: true, session })
for (;;) {
  const cursor = Buffer.from(reply.cursor)
  const view = new DataView(cursor.buffer, cursor.byteOffset, cursor.byteLength)
  let id = 0n
  for (let at = 4; cursor[at] !== 0; ) {
    const type = cursor[at]
    const name = cursor.toString('latin1', at + 1, cursor.indexOf(0, at + 1))
    at += name.length + 2
    if (type === 0x12) {
      if (name === 'id') id = view.getBigInt64(at, true)
      at += 8
    } else if (type === 0x04) {
      for (let element = at + 4; cursor[element] !== 0; documents++) {
        element = cursor.indexOf(0, element + 1) + 1
        element += view.getInt32(element, true)
      }
      at += view.getInt32(at, true)
    } else if (type === 0x02) at += 4 + view.getInt32(at, true)
    else if (type === 0x11) at += 8
    else if (type === 0x08) at += 1
    else if (type === 0x10) at += 4
    else throw new Error(`a cursor reply with a field of type ${type}`)
  }
  if (id === 0n) break
  const { Long } = await import('bson')
  reply = await db.command({ getMore: Long.fromBigInt(id), collection, batchSize: 5_000 }, { raw: true, session })
}
const seconds = Number(process.hrtime.bigint() - started) / 1e9
await session.endSession()
await client.close()
console.log(JSON.stringify({ documents, seconds }))
