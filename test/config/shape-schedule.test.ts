import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-config-'))
})
afterEach(() => rm(cwd, { recursive: true }))

async function scheduleOf(yaml: string, env: Record<string, string> = {}) {
  const rest = 'source: {uri: "mongodb://h", database: d}\nlake: {url: file:./lake}\n'
  const datasets = 'datasets: {papers: {collection: papers}, comments: {collection: comments}}\n'
  await writeFile(join(cwd, 'lakeferry.yaml'), `${rest}${datasets}${yaml}\n`)
  return (await loadConfig({ cwd, env })).config.schedule
}

describe('a schedule', () => {
  it('is not there when nothing is said of it', async () => {
    expect(await scheduleOf('')).toBeUndefined()
  })

  it('of a cron alone is one set with all defaults', async () => {
    expect(await scheduleOf('schedule: {cron: "0 2 * * *"}')).toEqual({
      host: '127.0.0.1',
      sets: [
        {
          ...{ name: 'default', cron: '0 2 * * *', timezone: 'UTC', missed: 'run-once' },
          ...{ jitterSeconds: 0, timeLimitSeconds: 21_600 },
        },
      ],
    })
  })

  it('hands on to its sets what they do not say, but not its datasets', async () => {
    const yaml = `schedule:
  cron: 0 2 * * *
  timezone: Europe/Berlin
  datasets: [papers]
  missed: skip
  jitter: 5m
  timeLimit: 2h
  port: 9464
  sets:
    weekly: {cron: 0 4 * * 0}
    often: {cron: "*/10 * * * * *", timezone: UTC, datasets: [comments], missed: run-once, jitter: 2s, timeLimit: 9s}`
    const zone = { timezone: 'Europe/Berlin', missed: 'skip', jitterSeconds: 300, timeLimitSeconds: 7200 }
    expect(await scheduleOf(yaml)).toEqual({
      ...{ host: '127.0.0.1', port: 9464 },
      sets: [
        { name: 'default', cron: '0 2 * * *', datasets: ['papers'], ...zone },
        { name: 'weekly', cron: '0 4 * * 0', ...zone },
        {
          ...{ name: 'often', cron: '*/10 * * * * *', timezone: 'UTC', datasets: ['comments'], missed: 'run-once' },
          ...{ jitterSeconds: 2, timeLimitSeconds: 9 },
        },
      ],
    })
  })

  it('can come from the environment alone', async () => {
    const env = { LAKEFERRY_SCHEDULE_CRON: '@daily', LAKEFERRY_SCHEDULE_DATASETS: 'papers, comments' }
    expect((await scheduleOf('', env))?.sets).toMatchObject([{ cron: '@daily', datasets: ['papers', 'comments'] }])
  })

  it.each([
    [
      '{cron: 61 * * * *}',
      'lakeferry.yaml:4: schedule.cron: wanted a cron pattern of five or six fields, such as 0 2 * * * (at two each night) (Invalid value for minute: 61), got "61 * * * *"',
    ],
    ['{cron: "* * * *"}', 'such as 0 2 * * * (at two each night), got "* * * *"'],
    [
      '{cron: 0 0 30 2 *}',
      'wanted a cron pattern of five or six fields, such as 0 2 * * * (at two each night), at times that there are, got "0 0 30 2 *"',
    ],
    [
      '{cron: 0 2 * * *, timezone: Berlin}',
      'lakeferry.yaml:4: schedule.timezone: wanted the name of a time zone, such as Europe/Berlin or UTC, got "Berlin"',
    ],
    [
      '{timezone: UTC}',
      'schedule.cron: wanted a cron pattern of five or six fields, such as 0 2 * * * (at two each night), or sets, got nothing',
    ],
    [
      '{cron: 0 2 * * *, datasets: [paper]}',
      'schedule.datasets: wanted names of datasets: papers, comments, got "paper"',
    ],
    ['{cron: 0 2 * * *, missed: never}', 'schedule.missed: wanted run-once or skip, got "never"'],
    ['{cron: 0 2 * * *, jitter: 5}', 'schedule.jitter: wanted a duration such as 5m or 90s, got'],
    ['{sets: {weekly: {}}}', 'schedule.sets.weekly.cron: wanted a cron pattern'],
    ['{sets: {weekly: {cron: 0 4 * * 9}}}', 'schedule.sets.weekly.cron: wanted a cron pattern'],
    ['{sets: {"a/b": {cron: 0 4 * * 0}}}', 'schedule.sets.a/b: wanted a name of letters, digits'],
    [
      '{sets: {w: {cron: 0 4 * * 0}, W: {cron: 0 4 * * 0}}}',
      'schedule.sets.W: wanted names that differ in more than case, got "w and W"',
    ],
    [
      '{cron: 0 2 * * *, sets: {default: {cron: 0 4 * * 0}}}',
      'schedule.sets.default: wanted another name: this one is that of schedule.cron, got a mapping',
    ],
    [
      '{datasets: [papers], sets: {w: {cron: 0 4 * * 0}}}',
      'schedule.datasets: wanted it left out where there is no schedule.cron: each set has its own, got a list',
    ],
  ])('is refused as %s', async (yaml, wanted) => {
    await expect(scheduleOf(`schedule: ${yaml}`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(wanted),
    })
  })
})
