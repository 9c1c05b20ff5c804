// The list of papers as one writes it by hand: Fastify and the driver. `node api-fastify.mjs URI DATABASE`; tells its port.
import fastify from 'fastify'
import { MongoClient } from 'mongodb'

const [uri, database] = process.argv.slice(2)
const client = await MongoClient.connect(uri)
const papers = client.db(database).collection('papers')
const app = fastify()
app.get('/api/iclr', ({ query: { limit = 50, offset = 0 } }) =>
  papers.find().sort({ _id: 1 }).skip(Number(offset)).limit(Number(limit)).toArray(),
)
await app.listen({ host: '127.0.0.1', port: 0 })
console.log(app.server.address().port)
