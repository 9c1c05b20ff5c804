import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AlertMessage } from '../../src/model/alert.js'
import { alertEventJson } from '../../src/model/alert-event.js'
import { alertText, boundedMessage, cutText, lineOf, plainAlert } from '../../src/model/alert-text.js'
import { OPENED, REMINDED, RESOLVED } from '../ports/alert-channel-suite.js'

describe('the words of an alert', () => {
  it('begin with what happened to it, and how bad it is', () => {
    const headlines = [
      OPENED,
      REMINDED,
      RESOLVED,
      { ...OPENED, severity: 'warning' as const },
      { ...REMINDED, lastedSeconds: 0 },
    ]
    expect(headlines.map(message => alertText(message).headline)).toEqual([
      'Critical: papers is stale',
      'Still critical after 1d: papers is stale',
      'Resolved after 1d 1h: papers is stale',
      'Warning: papers is stale',
      'Still critical after 0s: papers is stale',
    ])
  })

  it('say everything in lines', () => {
    expect(plainAlert(RESOLVED)).toBe(
      [
        'Resolved after 1d 1h: papers is stale',
        '',
        'Promised: at most 26h old',
        'Seen: 1h old',
        'Since: 2026-11-19 02:00:00 UTC (1d 1h)',
        'Also affected: volume papers',
        'Run: 20261119T000000.000Z-1a2b3c',
        'Lake: s3://lake/prod',
        'Look at: lakeferry status papers',
        '',
      ].join('\n'),
    )
    expect(plainAlert(OPENED)).toContain('\nAcknowledge: lakeferry alerts ack 1a2b3c\n')
  })

  it('leave out what there is not', () => {
    const { runId: _, ...bare } = { ...OPENED, affected: [], promised: '', look: '' }
    expect(alertText(bare).facts.map(({ label }) => label)).toEqual(['Seen', 'Since', 'Lake'])
    expect(plainAlert(bare)).not.toContain('Look at')
  })

  it('name ten of many, and count the others', () => {
    const affected = Array.from({ length: 25 }, (_, index) => `freshness d${index}`)
    const fact = alertText({ ...OPENED, affected }).facts.find(({ label }) => label === 'Also affected')
    expect(fact?.text).toMatch(/^freshness d0, .*freshness d9 and 15 more$/)
  })

  it('tell an address from a command', () => {
    expect(alertText(OPENED).lookIsAddress).toBe(false)
    expect(alertText({ ...OPENED, look: 'https://x.example/1' }).lookIsAddress).toBe(true)
    expect(alertText({ ...OPENED, look: 'javascript:alert(1)' }).lookIsAddress).toBe(false)
  })

  it('have no secret of an address, wherever it stands', () => {
    const uri = 'mongodb://ann:s3cr3t@db.example.org/x?password=s3cr3t'
    const message = {
      ...OPENED,
      title: uri,
      promised: uri,
      seen: `no answer from ${uri}`,
      look: uri,
      lake: uri,
      affected: [uri],
    }
    for (const told of [plainAlert(message), alertEventJson(message), alertText(message).summary]) {
      expect(told).toContain('db.example.org')
      expect(told).not.toContain('s3cr3t')
    }
  })
})

describe('a line', () => {
  it('has no character that moves the cursor, hides, or turns the direction of the text', () => {
    expect(lineOf('a\r\nb\u2028c\u0000d\u202ee\u200bf\u001b[31mg\ufeffh\u0085i', 100)).toBe('a b c d e f [31mg h i')
    expect(lineOf('family 👩‍👩‍👧 stays', 100)).toBe('family 👩‍👩‍👧 stays')
    expect(lineOf('half \ud800 a letter', 100)).toBe('half \ufffd a letter')
  })

  it('is cut between letters, never within one', () => {
    expect(cutText('😀😀😀', 3)).toBe('😀😀😀')
    expect(cutText('😀😀😀😀', 3)).toBe('😀😀…')
    expect(cutText('abc', 3)).toBe('abc')
  })

  it('is one line of a bounded length, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, most) => {
        const line = lineOf(text, most)
        expect([...line].length).toBeLessThanOrEqual(most)
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u)
        expect(line).toBe(lineOf(line, most))
        expect(Buffer.from(line, 'utf8').toString('utf8')).toBe(line)
      }),
      { numRuns: 40 },
    )
  })
})

describe('what programs are sent', () => {
  it('is the message, whole, and the same bytes for the same message', () => {
    for (const message of [OPENED, REMINDED, RESOLVED]) {
      expect(boundedMessage(message)).toEqual(message)
      expect(JSON.parse(alertEventJson(message))).toEqual({
        type: `alert.${message.event}`,
        timestamp: message.at,
        data: message,
      })
    }
    // The order of the members is ours, not that of who made the message.
    const turned = Object.fromEntries(Object.entries(REMINDED).toReversed()) as unknown as AlertMessage
    expect(alertEventJson(turned)).toBe(alertEventJson(REMINDED))
  })
})
