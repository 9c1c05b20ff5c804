import { parentPort, workerData } from 'node:worker_threads'
import { SegmentEncoder } from './segment-encoder.js'
import type { FromWorker, ToWorker, WorkerSettings } from './segment-message.js'

/**
 * A transcoding worker: long-lived, because each warms up its own machine code and its own buffers. Its inbox is in
 * order, so a segment's blocks come in the order they were read and `close` after the last of them.
 */
const port = parentPort!
let current = -1

const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

const encoder = new SegmentEncoder(workerData as WorkerSettings, part =>
  send({ type: 'part', segment: current, part }, [part.body.buffer as ArrayBuffer]),
)

port.on('message', (message: ToWorker) => {
  current = message.segment
  if (message.type === 'block') {
    const { slot, bytes, starts } = message
    encoder.add(new Uint8Array(slot, 0, bytes), starts)
    send({ type: 'done', slot, bytes, documents: starts.length })
    return
  }
  const totals = encoder.close(message.empty)
  send({ type: 'closed', segment: message.segment, totals })
})
