import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isAlive, isDead, newProcessOwner } from '../../src/host/process-owner.js'

const own = newProcessOwner().split('/')
const owner = (changes: { boot?: string; space?: string; pid?: number; start?: string }): string => {
  const [boot, space, pid, start] = own
  return [changes.boot ?? boot, changes.space ?? space, changes.pid ?? pid, changes.start ?? start, 'nonce'].join('/')
}

describe('the death of a lock’s owner', () => {
  it('is not taken for granted', () => {
    expect(isDead(newProcessOwner(), true)).toBe(false)
    expect(isDead(owner({ space: 'another-container', pid: 2 ** 30 }), true)).toBe(false)
    expect(isDead(owner({ boot: 'another-boot' }), false)).toBe(false)
    for (const text of ['', 'free', '///', 'a/b/c/d/e', `${own[0]}/${own[1]}/-1/1/x`])
      expect(isDead(text, false)).toBe(false)
  })

  it('is certain when this kernel does not know the process', () => {
    expect(isDead(owner({ pid: 2 ** 30 }), false)).toBe(true)
  })

  it.runIf(process.platform === 'linux')('is certain when the process id has been given to another process', () => {
    expect(isDead(owner({ start: '1' }), false)).toBe(true)
    expect(isDead(owner({ pid: 1, start: '1' }), false)).toBe(true)
  })

  it('is certain after another boot where only one kernel can reach the lock', () => {
    expect(isDead(owner({ boot: 'another-boot' }), true)).toBe(true)
  })

  it.runIf(process.platform === 'linux')('is seen though the parent has not waited for it', async () => {
    // The shell starts a child, becomes `sleep`, and so never waits for the child.
    const parent = spawn('/bin/sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data')
    const stat = readFileSync(`/proc/${Number(pid)}/stat`, 'latin1')
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!
    const child = owner({ pid: Number(pid), start })
    expect(isDead(child, false)).toBe(false)
    process.kill(Number(pid), 'SIGKILL')
    await expect.poll(() => isDead(child, false), { timeout: 30_000 }).toBe(true)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
  })

  it.runIf(process.platform === 'linux')('and its life are never both certain, and may both be unknown', () => {
    expect(isAlive(newProcessOwner())).toBe(true)
    for (const dead of [owner({ pid: 2 ** 30 }), owner({ start: '1' })])
      expect([isAlive(dead), isDead(dead, false)]).toEqual([false, true])
    for (const unknown of [
      '',
      'a/b/c/d/e',
      owner({ space: 'another-container' }),
      owner({ boot: 'another-boot' }),
      owner({ start: '-' }),
    ])
      expect([isAlive(unknown), isDead(unknown, false)]).toEqual([false, false])
  })

  it('tells two holders within one process apart', () => {
    expect(newProcessOwner()).not.toBe(newProcessOwner())
  })
})
