import { connect, createServer, type Socket } from 'node:net'
import { type Document, deserialize, serialize } from 'bson'

export interface MongoFrontOptions {
  /** The server behind. */
  readonly port: number
  /** Changes the answer to `hello`: a front may say that it is a secondary of a set, which nothing here is. */
  readonly hello?: (hello: Document, address: string) => Document
  /** Changes a command before the server sees it. */
  readonly rewrite?: (command: Document) => Document
  /** What to do instead of asking the server: answer, say nothing for ever, or cut the connection. Undefined: it is asked. */
  readonly answer?: (command: Document) => Document | 'silence' | 'cut' | undefined
  /** How long the answer is held back, in milliseconds. */
  readonly delay?: (command: Document) => number
  /** Changes what the server answers to a command. */
  readonly reply?: (reply: Document, command: Document) => Document
}

/** What stands before a MongoDB, reads along, and may speak in its place. */
export interface MongoFront {
  /** `host:port` */
  readonly address: string
  /** Every command that was sent to it, `hello` left out, in order; the first key is the command's name. */
  readonly commands: readonly Document[]
  /** Cuts all connections, and takes none until {@link revive}. */
  kill(): void
  revive(): void
  stop(): Promise<void>
}

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const isHello = (command: Document): boolean => /^(hello|ismaster)$/i.test(Object.keys(command)[0] ?? '')

/**
 * A proxy on the loopback that understands MongoDB's messages.
 *
 * Source: https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export async function startMongoFront(options: MongoFrontOptions): Promise<MongoFront> {
  const open = new Set<Socket>()
  const commands: Document[] = []
  let dead = false
  let address = ''

  const rewritten = (message: Buffer, command: Document): Buffer =>
    options.rewrite === undefined || isHello(command) ? message : withDocument(message, options.rewrite(command))

  const server = createServer(client => {
    if (dead) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ host: '127.0.0.1', port: options.port })
    const asked = new Map<number, Document>()
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    onMessage(client, message => {
      const command = readDocument(message)
      const requestId = message.readInt32LE(4)
      asked.set(requestId, command)
      if (!isHello(command)) commands.push(command)
      const answer = isHello(command) ? undefined : options.answer?.(command)
      if (answer === 'cut') client.destroy()
      else if (answer === undefined) upstream.write(rewritten(message, command))
      else if (answer !== 'silence') client.write(replyTo(requestId, answer))
    })
    onMessage(upstream, message => {
      const command = asked.get(message.readInt32LE(8)) ?? {}
      const change = isHello(command)
        ? options.hello && ((hello: Document) => options.hello!(hello, address))
        : options.reply
      const answer = change === undefined ? message : changed(message, document => change(document, command))
      const ms = options.delay?.(command) ?? 0
      // A driver waits for one answer before it sends the next command: none can overtake another.
      if (ms > 0) setTimeout(() => client.writable && client.write(answer), ms)
      else client.write(answer)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('the front has no port')
  address = `127.0.0.1:${bound.port}`

  const cut = (): void => {
    for (const socket of open) socket.destroy()
  }
  return {
    address,
    commands,
    kill() {
      dead = true
      cut()
    },
    revive() {
      dead = false
    },
    async stop() {
      const closed = new Promise(resolve => server.close(resolve))
      cut()
      await closed
    },
  }
}

/** What a mongod says of its engine, which no server here does. */
export function asWiredTiger(answered: Document, command: Document): Document {
  return 'buildInfo' in command ? { ...answered, storageEngines: ['devnull', 'wiredTiger'] } : answered
}

/**
 * Changes a `hello` into that of a member of a set.
 *
 * @param hosts all of its members; the first is the primary
 */
export function asMember(hosts: readonly string[]): (hello: Document, address: string) => Document {
  return (hello, address) => {
    const primary = address === hosts[0]
    // Without topologyVersion a driver asks again, instead of waiting for news that would have to be changed as well.
    const { topologyVersion: _, electionId, ...rest } = hello
    const role = { isWritablePrimary: primary, ismaster: primary, secondary: !primary }
    return { ...rest, ...role, ...(primary && { electionId }), hosts, primary: hosts[0], me: address }
  }
}

function onMessage(socket: Socket, take: (message: Buffer) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (pending.length >= 4 && pending.length >= pending.readInt32LE(0)) {
      const length = pending.readInt32LE(0)
      take(pending.subarray(0, length))
      pending = pending.subarray(length)
    }
  })
}

/** Where the document of a message begins. */
function documentOffset(message: Buffer): number {
  const opCode = message.readInt32LE(12)
  if (opCode === OP_MSG) return 21
  if (opCode === OP_REPLY) return 36
  if (opCode === OP_QUERY) return message.indexOf(0, 20) + 9
  throw new Error(`an operation ${opCode} that the front does not know`)
}

function readDocument(message: Buffer): Document {
  const at = documentOffset(message)
  // What is written again has to have the types it had: a driver is particular about them.
  return deserialize(message.subarray(at, at + message.readInt32LE(at)), { promoteValues: false, bsonRegExp: true })
}

/** What is not changed stays the same to the byte. */
function changed(message: Buffer, change: (document: Document) => Document): Buffer {
  const before = readDocument(message)
  const after = change(before)
  return after === before ? message : withDocument(message, after)
}

function withDocument(message: Buffer, document: Document): Buffer {
  const changed = Buffer.concat([message.subarray(0, documentOffset(message)), serialize(document)])
  changed.writeInt32LE(changed.length, 0)
  return changed
}

function replyTo(requestId: number, document: Document): Buffer {
  const header = Buffer.alloc(21)
  header.writeInt32LE(requestId, 8)
  header.writeInt32LE(OP_MSG, 12)
  return withDocument(header, document)
}
