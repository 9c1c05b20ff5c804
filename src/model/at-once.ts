/**
 * Does the work for each item, in their order, for at most so many at a time. The first failure lets nothing more begin; it
 * is thrown once all that was begun has ended, because whoever still writes into a folder would keep it from being removed.
 *
 * @returns what the work gave, in the order of the items
 */
export async function atOnce<T, R>(
  most: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const done: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    try {
      for (let index = next++; index < items.length; index = next++) done[index] = await work(items[index]!, index)
    } finally {
      next = items.length
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, worker))
  const failure = outcomes.find(outcome => outcome.status === 'rejected')
  if (failure) throw failure.reason
  return done
}
