import type { Config } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { AlertChannel } from '../../ports/alert-channel.js'
import { openChannels } from '../../wire.js'

/** Opens each by itself: one that cannot be opened takes no messages, like one that fails, and the others do. */
export async function openEachChannel(config: Config): Promise<AlertChannel[]> {
  const channels: AlertChannel[] = []
  for (const wanted of config.alerts) {
    try {
      channels.push(...(await openChannels({ ...config, alerts: [wanted] })))
    } catch (error) {
      if (!(error instanceof LakeferryError)) throw error
      channels.push(failing(wanted, error))
    }
  }
  return channels
}

export async function closeChannels(channels: readonly AlertChannel[]): Promise<void> {
  await Promise.all(channels.map(channel => channel.close().catch(() => undefined)))
}

function failing({ name, kind }: Config['alerts'][number], error: LakeferryError): AlertChannel {
  const fail = async (): Promise<never> => {
    throw error
  }
  return { name, kind, send: fail, check: fail, close: async () => undefined }
}
