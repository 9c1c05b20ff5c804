import { parentPort, workerData } from 'node:worker_threads'
import { isLakeferryError } from '../errors.js'
import { HotMemory } from '../hot/hot-memory.js'
import { garbageCollector } from './collect-garbage.js'
import { SegmentEncoder } from './segment-encoder.js'
import type { FromWorker, ToldError, ToWorker, WorkerData } from './segment-message.js'

/**
 * A transcoding worker: long-lived, because each warms up its own machine code and its own buffers. Its inbox is in
 * order, so a segment's blocks come in the order they were read and `close` after the last of them.
 */
const port = parentPort!
const inbox: ToWorker[] = []
const garbage = garbageCollector()
let current = -1

const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

const { module, ...settings } = workerData as WorkerData
let memory: HotMemory | undefined
let encoder = newEncoder()

function newEncoder(): SegmentEncoder {
  memory = module && HotMemory.tryNew(module)
  return new SegmentEncoder(
    settings,
    part => send({ type: 'part', segment: current, part }, [part.body.buffer as ArrayBuffer]),
    memory,
  )
}

/**
 * One message a turn of the event loop. A port hands over all that has come without a turn in between, and native buffers,
 * those of the zstd codec among them, are given back in a turn only: without it they pile up as long as work does.
 */
port.on('message', (message: ToWorker) => {
  if (inbox.push(message) === 1) setImmediate(next)
})

function next(): void {
  try {
    take(inbox[0]!)
  } catch (error) {
    if (!isLakeferryError(error)) throw error // which ends the worker, and the pool says WORKER_FAILED
    // What is behind it in the inbox is of no use any more: the pool stops everything.
    send({ type: 'failed', error: { code: error.code, details: error.details } as ToldError })
    return
  }
  inbox.shift()
  if (inbox.length > 0) setImmediate(next)
}

function take(message: ToWorker): void {
  if (message.type === 'collect') {
    garbage.all()
    send({ type: 'collected' })
    return
  }
  current = message.segment
  if (message.type === 'close') {
    const totals = encoder.close(message.empty)
    const { rejects, fingerprints } = totals
    send({ type: 'closed', segment: message.segment, totals }, [
      ...(rejects ? [rejects.buffer as ArrayBuffer] : []),
      ...(fingerprints ? [fingerprints.buffer] : []),
    ])
    garbage.regularly()
    // Linear memory never shrinks: what a few large documents made of it must not be paid for until the end.
    if (memory?.isLarge) encoder = newEncoder()
    return
  }
  const { slot, bytes, starts } = message
  encoder.add(new Uint8Array(slot, 0, bytes), starts)
  send({ type: 'done', slot, bytes, documents: starts.length })
}
