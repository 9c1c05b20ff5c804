import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Comment } from '../../src/http/papers.js'
import * as reports from '../../src/report/figures.js'
import { fieldProblems } from '../../web/src/data/problem.js'
import { type Thread, threadsOf, withComment } from '../../web/src/data/thread.js'
import { formatBytes, formatCount, formatSeconds, formatShare } from '../../web/src/text/figures.js'
import { listOf } from '../../web/src/text/paper-fields.js'
import { formatInstant, formatRelative, instantOfRun } from '../../web/src/text/times.js'

describe('figures', () => {
  it('are those of the reports', () => {
    fc.assert(
      fc.property(fc.nat(1e12), fc.nat(1e6), (large, small) => {
        expect(formatCount(large)).toBe(reports.formatCount(large))
        expect(formatBytes(large)).toBe(reports.formatBytes(large))
        if (small < 999_000) expect(formatShare(small, 1_000_000)).toBe(reports.formatShare(small, 1_000_000))
      }),
    )
  })

  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [3_661, '1 h 1 min'],
    [93_600, '1 d 2 h'],
  ])('say %d seconds as %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text))
})

describe('times', () => {
  const now = Date.parse('2026-11-22T08:00:00Z')
  it.each([
    ['2026-11-22T07:59:30Z', 'just now'],
    ['2026-11-22T07:59:00Z', '1 minute ago'],
    ['2026-11-22T07:00:20Z', '1 hour ago'],
    ['2026-11-22T02:00:10Z', '6 hours ago'],
    ['2026-11-21T08:20:00Z', 'yesterday'],
    ['2026-11-14T08:00:00Z', '8 days ago'],
    ['2026-11-23T08:00:00Z', 'tomorrow'],
    ['no instant', 'no instant'],
  ])('say %s as %s', (at, text) => expect(formatRelative(at, now)).toBe(text))

  it('are UTC, as those of the reports', () => {
    expect(formatInstant('2026-11-22T02:00:03.123Z')).toBe(reports.formatInstant('2026-11-22T02:00:03.123Z'))
    expect(instantOfRun('20261122T020003.000Z-1a2b3c')).toBe('2026-11-22T02:00:03Z')
  })
})

describe('threadsOf', () => {
  const id = fc.integer({ min: 0, max: 6 }).map(String)
  const comment = fc.record({
    replyTo: fc.option(id, { nil: undefined }),
    createdAt: fc.constantFrom('2026-01-01', '2026-01-02'),
  })
  const all = (threads: readonly Thread[]): string[] =>
    threads.flatMap(thread => [thread.comment._id, ...all(thread.replies)])

  it('shows each comment once, whatever answers what', () => {
    fc.assert(
      fc.property(fc.array(comment, { maxLength: 7 }), list => {
        const comments: Comment[] = list.map(({ replyTo, createdAt }, at) => ({
          _id: String(at),
          createdAt,
          ...(replyTo === undefined ? {} : { replyTo }),
        }))
        expect(all(threadsOf(comments)).sort()).toEqual(comments.map(({ _id }) => _id).sort())
      }),
    )
  })

  it('puts an answer below what it answers, and what changed in its place', () => {
    const comments: Comment[] = [
      { _id: 'b', id: '2', replyTo: '1' },
      { _id: 'a', id: '1' },
    ]
    expect(threadsOf(comments)).toEqual([{ comment: comments[1], replies: [{ comment: comments[0], replies: [] }] }])
    expect(withComment(comments, { _id: 'a', id: '1', text: 'new' })[1]).toEqual({ _id: 'a', id: '1', text: 'new' })
  })
})

describe('what others wrote', () => {
  it('has authors as a list, and as one text with semicolons', () => {
    expect(listOf({ _id: 'a', authors: ['A', ' B '] }, 'authors')).toEqual(['A', 'B'])
    expect(listOf({ _id: 'a', authors: 'A; B;' }, 'authors')).toEqual(['A', 'B'])
    expect(listOf({ _id: 'a', authors: { first: 'A' } }, 'authors')).toEqual([])
  })

  it('is told at the field that it is wrong at', () => {
    const problem = {
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      errors: [
        { pointer: '/text', detail: 'must NOT have fewer than 1 characters' },
        { pointer: '', detail: "must have required property 'author'" },
      ],
    }
    expect(fieldProblems(problem, ['author', 'text'])).toEqual({
      text: 'It is needed.',
      author: 'It is needed.',
    })
  })
})
