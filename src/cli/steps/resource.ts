interface Closable {
  close(): Promise<void>
}

/**
 * Opens something, works with it and closes it, whatever happens. That closing fails is not what went wrong.
 *
 * Who is asked to stop does not wait for a server that does not answer: what opens after all is closed again.
 */
export async function withOpen<T extends Closable, R>(
  opening: Promise<T>,
  signal: AbortSignal,
  work: (resource: T) => Promise<R>,
): Promise<R> {
  const resource = await unlessAborted(opening, signal)
  try {
    return await work(resource)
  } finally {
    await resource.close().catch(() => undefined)
  }
}

/** What opens, or the reason to stop, whichever comes first. */
export async function unlessAborted<T extends Closable>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([aborted, opening])
  } catch (error) {
    opening.then(resource => resource.close()).catch(() => undefined)
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
