/** How often other ports are tried. */
const ATTEMPTS = 5
/** What programs say then: most when they bind, SeaweedFS also when it looks before. */
const PORT_TAKEN = /address already in use|port \d+ for .* is not available/i

/** Starts a program on free ports of its choice, and again on others when somebody has taken one of them meanwhile. */
export async function withPortRetry<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start()
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test(String(error))) throw error
    }
  }
}
