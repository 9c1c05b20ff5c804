import { reasonOf } from '../errors.js'
import type { ObjectStore } from '../ports/object-store.js'
import { withoutSecrets } from './driver-log.js'

const ERROR_FILE = 'error.json'

/** What `job.py` wrote about its own failure before it ended, or undefined: then only a log can tell. */
export async function jobError(lake: ObjectStore, folder: string): Promise<string | undefined> {
  try {
    const stored = await lake.get(`${folder}${ERROR_FILE}`)
    if (stored === undefined) return undefined
    const {
      step,
      class: name,
      message,
    } = JSON.parse(Buffer.from(stored.body).toString('utf8')) as Record<string, unknown>
    const said = [name, message].filter(part => typeof part === 'string' && part !== '').join(': ')
    return said === '' ? undefined : withoutSecrets(typeof step === 'string' ? `${step}: ${said}` : said)
  } catch (error) {
    return `its error.json cannot be read: ${reasonOf(error)}`
  }
}
