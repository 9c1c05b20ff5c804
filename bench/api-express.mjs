// The list of papers as one writes it by hand: Express and Mongoose. `node api-express.mjs URI DATABASE`; tells its port.
import express from 'express'
import mongoose from 'mongoose'

const [uri, database] = process.argv.slice(2)
await mongoose.connect(uri, { dbName: database })
const Paper = mongoose.model('Paper', new mongoose.Schema({}, { strict: false, collection: 'papers' }))
const app = express()
app.get('/api/iclr', async ({ query: { limit = 50, offset = 0 } }, response) => {
  response.json(await Paper.find().sort({ _id: 1 }).skip(Number(offset)).limit(Number(limit)).lean())
})
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port))
