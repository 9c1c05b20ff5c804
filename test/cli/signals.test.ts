import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { watchSignals } from '../../src/cli/signals.js'
import { withOpen } from '../../src/cli/steps/resource.js'
import { Capture } from './cli-fixture.js'

class FakeProcess extends EventEmitter {
  readonly stderr = new Capture(true)
  readonly exits: number[] = []
  exit(code: number): void {
    this.exits.push(code)
  }
}

const watched = (json = false): { fake: FakeProcess; watch: ReturnType<typeof watchSignals> } => {
  const fake = new FakeProcess()
  return { fake, watch: watchSignals(fake as unknown as NodeJS.Process, { json }) }
}

describe('signals', () => {
  it('ask to stop first, with the error to throw, and end the process second', () => {
    const { fake, watch } = watched()
    fake.emit('SIGTERM', 'SIGTERM')
    expect(watch.signal.reason).toMatchObject({ code: 'INTERRUPTED', details: { signal: 'SIGTERM' } })
    expect(fake.exits).toEqual([])
    fake.emit('SIGINT', 'SIGINT')
    expect(fake.exits).toEqual([130])
    // A bar may have hidden the cursor.
    expect(fake.stderr.text).toContain('\u001b[?25h')
  })

  it('are told of in one JSON object a line with --json', () => {
    const { fake } = watched(true)
    fake.emit('SIGINT', 'SIGINT')
    expect(JSON.parse(fake.stderr.text)).toEqual({
      event: 'note',
      text: 'SIGINT: stopping and cleaning up; once more to stop at once',
    })
  })

  it('are left to Node after the end', () => {
    const { fake, watch } = watched()
    watch.stop()
    expect(fake.eventNames()).toEqual([])
  })
})

describe('opening', () => {
  const closable = (): { closed: number; close: () => Promise<void> } => {
    const resource = {
      closed: 0,
      close: async () => {
        resource.closed += 1
      },
    }
    return resource
  }
  const never = new AbortController().signal

  it('closes what it opened, also when the work fails, and does not mind when closing fails', async () => {
    const resource = closable()
    expect(await withOpen(Promise.resolve(resource), never, async () => 7)).toBe(7)
    await expect(withOpen(Promise.resolve(resource), never, () => Promise.reject(new Error('work')))).rejects.toThrow(
      'work',
    )
    expect(resource.closed).toBe(2)
    const stubborn = { close: () => Promise.reject(new Error('close')) }
    expect(await withOpen(Promise.resolve(stubborn), never, async () => 7)).toBe(7)
  })

  it('does not wait once it is told to stop, and closes what opens too late', async () => {
    const controller = new AbortController()
    const resource = closable()
    let open = (_: typeof resource): void => undefined
    const opening = new Promise<typeof resource>(resolve => {
      open = resolve
    })
    const work = withOpen(opening, controller.signal, () => expect.fail('it worked on'))
    controller.abort(new Error('stop'))
    await expect(work).rejects.toThrow('stop')
    open(resource)
    await new Promise(resolve => setImmediate(resolve))
    expect(resource.closed).toBe(1)
    await expect(withOpen(opening, controller.signal, () => expect.fail('it worked on'))).rejects.toThrow('stop')
  })
})
