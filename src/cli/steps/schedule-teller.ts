import type { MissedSlots, TakenSlot } from '../../catalog/schedule-ledger.js'
import { nounText } from '../../model/count-text.js'
import { spanText } from '../../model/duration.js'
import type { ScheduleSet } from '../../model/schedule-set.js'
import type { ScheduleEvent } from '../../schedule/schedule-event.js'
import type { CommandContext } from '../command.js'
import { EXIT } from '../exit-codes.js'
import { localTime } from './local-time.js'

/** Slots that --json tells at the end, of each set, at most: a schedule may run for years. */
const SLOTS_TOLD = 100

/** Says what happens to the schedule: lines for people, lines of the log, and at the end what --json answers. */
export class ScheduleTeller {
  readonly #context: CommandContext
  readonly #sets: ReadonlyMap<string, ScheduleSet>
  /** The newest state of each slot, by set; taken ones that go on replace themselves. */
  readonly #slots = new Map<string, Map<string, TakenSlot | MissedSlots>>()

  constructor(context: CommandContext, sets: readonly ScheduleSet[]) {
    this.#context = context
    this.#sets = new Map(sets.map(set => [set.name, set]))
    for (const { name } of sets) this.#slots.set(name, new Map())
  }

  readonly tell = (event: ScheduleEvent): void => {
    const { out } = this.#context
    const { set } = event
    switch (event.event) {
      case 'started': {
        const { slot, resumed } = event
        const { runId, attempts } = slot
        this.#log('slot.started', { set, slot: slot.slot, attempt: attempts, resumed }, runId)
        const goesOn = resumed ? `, attempt ${attempts}` : ''
        out.line(`${set}: slot ${this.#local(set, slot.slot)} is run as ${runId}${goesOn}`)
        break
      }
      case 'finished':
        this.#finished(set, event.slot)
        break
      case 'missed':
        this.#missed(set, event.slots)
        break
      case 'lost':
        out.warn(
          `${set}: slot ${this.#local(set, event.slot.slot)} was taken over by another while this one was silent`,
        )
        break
      case 'held':
        out.note(`${set}: slot ${this.#local(set, event.slot.slot)} is run by ${event.by}`)
        break
      case 'next':
        out.note(`${set}: ${this.#next(set, event.next)}`)
        break
      case 'trouble':
        out.warn(`${set}: ${event.text}`)
        break
    }
  }

  /** What became of the slots of a set since this began, in order; for --json. */
  slotsOf(set: string): Record<string, unknown>[] {
    return [...(this.#slots.get(set)?.values() ?? [])].map(record =>
      record.state === 'missed'
        ? { ...common(record), ...{ last: record.last, count: record.count, instead: record.instead }, ...NOT_TAKEN }
        : { ...common(record), ...NOT_MISSED, ...taken(record) },
    )
  }

  /** That of the worst slot: what could not be done comes before what is wrong with the data, and that before what is late. */
  exitCode(): number {
    const codes = [...this.#slots.values()].flatMap(slots => [...slots.values()]).map(exitOf)
    return (
      [EXIT.interrupted, EXIT.service, EXIT.usage, EXIT.data, EXIT.stale].find(code => codes.includes(code)) ??
      EXIT.fine
    )
  }

  #finished(set: string, slot: TakenSlot): void {
    const { out } = this.#context
    const { state, runId, exitCode, reason, attempts, failures, notBefore } = slot
    const seconds = Math.max(0, Math.round((this.#now().getTime() - Date.parse(slot.began)) / 1000))
    const level = state === 'failed' ? 'error' : state === 'done' && exitCode === EXIT.fine ? 'info' : 'warn'
    const facts = { set, slot: slot.slot, state, exitCode, seconds, attempts, failures, reason, notBefore }
    this.#log('slot.finished', facts, runId, level)
    this.#keep(set, slot)
    const about = `${set}: slot ${this.#local(set, slot.slot)}`
    if (state === 'done') out.line(`${about} is done: exit code ${exitCode}, ${spanText(seconds)}`)
    else if (state === 'failed') out.warn(`${about} is given up: ${reason}`)
    else out.warn(`${about} is to be gone on with: ${reason}`)
  }

  #missed(set: string, record: MissedSlots): void {
    const { slot, last, count, reason, instead } = record
    this.#log('slot.missed', { set, slot, last, count, reason, instead })
    this.#keep(set, record)
    const which =
      slot === last
        ? `slot ${this.#local(set, slot)} was missed`
        : `${count === null ? 'slots' : nounText(count, 'slot')} from ${this.#local(set, slot)} to ${this.#local(set, last)} were missed`
    const why = reason === 'overrun' ? 'the run of an earlier one was at work' : 'nobody was there'
    this.#context.out.warn(
      `${set}: ${which}: ${why}${instead === null ? '' : `; that of ${this.#local(set, instead)} is run`}`,
    )
  }

  #keep(set: string, record: TakenSlot | MissedSlots): void {
    const slots = this.#slots.get(set)
    if (slots === undefined) return
    slots.set(record.slot, record)
    const [oldest] = slots.keys()
    if (slots.size > SLOTS_TOLD && oldest !== undefined) slots.delete(oldest)
  }

  #next(set: string, next: (ScheduleEvent & { event: 'next' })['next']): string {
    if (next === null) return 'its cron has no further time'
    const late = next.startsBy === next.slot ? '' : `, begun at ${this.#local(set, next.startsBy)}`
    return `next at ${this.#local(set, next.slot)} (${next.slot})${late}`
  }

  #local(set: string, instant: string): string {
    return localTime(new Date(instant), this.#sets.get(set)?.timezone ?? 'UTC')
  }

  #log(
    event: 'slot.started' | 'slot.finished' | 'slot.missed',
    facts: Readonly<Record<string, string | number | boolean | null>>,
    runId?: string,
    level?: 'info' | 'warn' | 'error',
  ): void {
    const at = this.#now().toISOString()
    this.#context.out.log({ event, at, runId, facts, ...(level === undefined ? {} : { level }) })
  }

  #now(): Date {
    return this.#context.io.clock.now()
  }
}

const NOT_TAKEN = { runId: null, exitCode: null, attempts: 0 }
const NOT_MISSED = { last: null, count: null, instead: null }

function common({ slot, state, reason }: TakenSlot | MissedSlots): Record<string, unknown> {
  return { slot, state, reason }
}

function taken({ runId, exitCode, attempts }: TakenSlot): Record<string, unknown> {
  return { runId, exitCode, attempts }
}

function exitOf(record: TakenSlot | MissedSlots): number {
  if (record.state === 'missed') return EXIT.fine
  // What waits was stopped.
  if (record.state === 'waiting') return EXIT.interrupted
  if (record.state === 'failed') return record.exitCode === EXIT.usage ? EXIT.usage : EXIT.service
  return record.exitCode ?? EXIT.service
}
