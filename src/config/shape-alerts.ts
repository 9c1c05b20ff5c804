import type { LakeferryError } from '../errors.js'
import type { AlertChannelConfig } from './config.js'
import { variableText } from './interpolate.js'
import { invalidSetting } from './invalid-setting.js'
import { isMailAddress } from './mail-address.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'
import { pointerOf } from './yaml-tree.js'

/** What the schema has made sure of. */
export interface CheckedChannel {
  readonly kind: AlertChannelConfig['kind']
  readonly name?: string
  readonly url?: string
  readonly secret?: string
  readonly topic?: string
  readonly region?: string
  readonly endpoint?: string
  readonly from?: string
  readonly to?: readonly string[]
}

type Key = Exclude<keyof CheckedChannel, 'kind' | 'name'>

/** What each kind needs, and what it may have besides. */
const KEYS: Readonly<Record<AlertChannelConfig['kind'], { needs: readonly Key[]; may: readonly Key[] }>> = {
  slack: { needs: ['url'], may: [] },
  webhook: { needs: ['url'], may: ['secret'] },
  sns: { needs: ['topic'], may: ['region', 'endpoint'] },
  smtp: { needs: ['url', 'from', 'to'], may: [] },
}
const ALL_KEYS: readonly Key[] = ['url', 'secret', 'topic', 'region', 'endpoint', 'from', 'to']

/** Bytes of a key for signatures, inclusive (Standard Webhooks, "Signature scheme"). */
const SECRET_BYTES = { least: 24, most: 64 }

/** @throws {@link LakeferryError} `CONFIG_INVALID` */
export function shapeAlerts(channels: readonly CheckedChannel[] = [], laid: Laid): readonly AlertChannelConfig[] {
  const names = new Set<string>()
  return channels.map((channel, index) => {
    const place = new ChannelPlace(laid, index)
    place.checkKeys(channel)
    const { kind } = channel
    const before = channels.slice(0, index).filter(other => other.kind === kind).length
    const name = channel.name ?? (before === 0 ? kind : `${kind} ${before + 1}`)
    // A file system or a reader may not tell case apart, and people do not.
    if (names.has(name.toLowerCase())) throw place.wrong('name', 'a name that no other channel has', name)
    names.add(name.toLowerCase())
    return shapeChannel(channel, name, place)
  })
}

function shapeChannel(channel: CheckedChannel, name: string, place: ChannelPlace): AlertChannelConfig {
  const { kind, url = '', topic = '', region, endpoint, from = '', to = [], secret } = channel
  switch (kind) {
    case 'slack':
      place.checkUrl(url, ['https:'], 'the address of an incoming webhook, https://hooks.slack.com/services/…')
      return { kind, name, url }
    case 'webhook':
      place.checkUrl(url, ['https:', 'http:'], 'an address such as https://example.org/lakeferry')
      if (secret !== undefined) place.checkSecret(secret)
      return { kind, name, url, ...(secret === undefined ? {} : { secret }) }
    case 'sns':
      return {
        kind,
        name,
        topic,
        ...(region === undefined ? {} : { region }),
        ...(endpoint === undefined ? {} : { endpoint }),
      }
    case 'smtp':
      place.checkUrl(url, ['smtp:', 'smtps:'], 'an address such as smtp://user:password@mail.example.org:587')
      if (!isMailAddress(from)) throw place.wrong('from', String(schemaAt(place.path('from'))?.title), from)
      to.forEach((address, index) => {
        if (isMailAddress(address)) return
        throw place.wrong('to', 'a mail address such as data@example.org', address, String(index))
      })
      return { kind, name, url, from, to }
  }
}

/** One member of `alerts`, for errors that say where. */
class ChannelPlace {
  readonly #laid: Laid
  readonly #index: number

  constructor(laid: Laid, index: number) {
    this.#laid = laid
    this.#index = index
  }

  path(...names: readonly string[]): string[] {
    return ['alerts', String(this.#index), ...names]
  }

  wrong(key: string, wanted: string, got: unknown, ...below: readonly string[]): LakeferryError {
    return invalidSetting(this.#laid, this.path(key, ...below), wanted, got)
  }

  /** A key of another kind would be read and ignored; one that is missing or empty would be a channel that tells nobody. */
  checkKeys(channel: CheckedChannel): void {
    const { needs, may } = KEYS[channel.kind]
    for (const key of ALL_KEYS) {
      const value = channel[key]
      if (value !== undefined && !needs.includes(key) && !may.includes(key)) {
        throw this.wrong(key, `it left out where kind is ${channel.kind}`, value)
      }
      if (needs.includes(key) && value === undefined) {
        throw this.wrong(key, `${schemaAt(this.path(key))?.title}, for kind ${channel.kind}`, value)
      }
      if (value === '') throw this.#empty(key)
    }
  }

  /** With a host, and nothing that a later use would trip over. The value is a secret: what is wrong with it is told. */
  checkUrl(text: string, protocols: readonly string[], wanted: string): void {
    const fail = (problem: string): LakeferryError =>
      invalidSetting(this.#laid, this.path('url'), wanted, text, `${problem}${this.#variables('url')}`)
    let url: URL
    try {
      url = new URL(text)
    } catch {
      throw fail('something that is no address')
    }
    const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
    const allowed =
      protocols.includes(url.protocol) || (url.protocol === 'http:' && loopback && protocols[0] === 'https:')
    if (!allowed) throw fail('an address of another kind')
    if (url.hostname === '') throw fail('an address without a host')
    if (url.username === '' && url.password !== '') throw fail('a password without a user')
    if (protocols.includes('smtp:') && (/[^/]/.test(url.pathname) || url.search !== '')) {
      throw fail('an address with a path or options, which say nothing to a mail server')
    }
    if (url.hash !== '') throw fail('an address with a #, which belongs percent-encoded into a password (%23)')
  }

  checkSecret(secret: string): void {
    const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? []
    const { length } = Buffer.from(base64, 'base64')
    if (length >= SECRET_BYTES.least && length <= SECRET_BYTES.most) return
    const found = base64 === '' ? 'something else' : `one of ${length} bytes`
    const wanted = String(schemaAt(this.path('secret'))?.title)
    throw invalidSetting(this.#laid, this.path('secret'), wanted, secret, `${found}${this.#variables('secret')}`)
  }

  /** `${SLACK_WEBHOOK:-}` where nobody set it: no channel in silence would be no alerts in silence. */
  #empty(key: Key): LakeferryError {
    const wanted = String(schemaAt(this.path(key))?.title)
    return invalidSetting(this.#laid, this.path(key), wanted, undefined, `nothing${this.#variables(key)}`)
  }

  #variables(key: string): string {
    return variableText(this.#laid.places.get(pointerOf(this.path(key)))?.variables ?? [])
  }
}
