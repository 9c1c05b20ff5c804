import type { AlertLedger } from '../../src/alert/alert-ledger.js'
import type { AlertSettings } from '../../src/alert/alert-settings.js'
import { type Delivery, deliver } from '../../src/alert/deliver.js'
import { beginPass, type PassOutcome } from '../../src/alert/pass.js'
import type { AlertChannel } from '../../src/ports/alert-channel.js'
import { observationOf } from './scenario.js'

type Checks = Parameters<typeof observationOf>[1]

export interface MonitorOptions {
  readonly ledger: AlertLedger
  readonly channels: readonly AlertChannel[]
  readonly by: string
  readonly elsewhere?: AlertLedger
}

/** One pass as a monitor makes it: decides, sends, notes. */
export async function monitorOnce(
  { ledger, channels, by, elsewhere }: MonitorOptions,
  at: string,
  checks: Checks,
): Promise<PassOutcome & { readonly delivery: Delivery }> {
  const settings: AlertSettings = {
    lake: 'file:/lake',
    reminderSeconds: 86_400,
    graceSeconds: 93_600,
    known: { datasets: ['papers', 'comments'], sets: [], channels: channels.map(({ name }) => name) },
  }
  const clock = { now: () => new Date(at) }
  const request = { observation: observationOf(at, checks), settings, at, by }
  const pass = await beginPass(ledger, request, elsewhere)
  const { signal } = new AbortController()
  const delivery = await deliver({ ledger, channels, clock, by, signal, sleep: async () => undefined }, pass.claimed)
  return { ...pass, delivery }
}
