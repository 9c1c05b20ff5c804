import { describe, expect, it } from 'vitest'
import { HIDDEN } from '../../infra/roles/reader-role.js'
import { jobRunRequest } from '../../src/adapters/emr-serverless/job-run-request.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { ACTION_OF, commandsOf, filesWithCommands, HADOOP_ACTIONS, hadoopCalls, SPARK_WRITE } from './calls.js'
import { allows, type Context, granted, list, resolve, type Statement, statementsOf } from './iam.js'
import { idsOf, synthesize } from './synthesized.js'

const stack = synthesize()
const [bucketId = ''] = idsOf(stack, 'AWS::S3::Bucket')
const bucket = `arn:aws:s3:::${bucketId}`
const role = (description: string): string => {
  const found = idsOf(stack, 'AWS::IAM::Role').filter(id => stack.resources[id]?.Properties.Description === description)
  expect(found, description).toHaveLength(1)
  return found[0]!
}
const ROLES = {
  exporter: role('Lakeferry: exports, validates, reports, alerts'),
  validator: role('Lakeferry: validation jobs on EMR Serverless'),
  reader: role('Lakeferry: reads committed runs and their reports'),
  execution: role('Lakeferry: starts tasks'),
  scheduler: role('Lakeferry: starts tasks by the clock'),
}
const of = (name: keyof typeof ROLES): Statement[] => statementsOf(stack, ROLES[name])
const may = (name: keyof typeof ROLES, action: string, resource: string, context: Context = {}): boolean =>
  allows(stack, of(name), { action, resource, context })
const unique = (actions: readonly string[]): string[] => [...new Set(actions)].sort()

const RUN = '20261122T020000.000Z-1a2b3c'
/** A key of every kind that the lake has: a kind that is new belongs here, and into the table of who may read it. */
const KEYS = {
  part: lakeKey.part('papers', RUN, 'parquet', 0),
  rejects: lakeKey.rejects('papers', RUN, 0),
  manifest: lakeKey.manifest('papers', RUN),
  pointer: lakeKey.pointer('papers'),
  claim: lakeKey.claim('papers', RUN),
  planFile: lakeKey.planFile('papers', RUN),
  contract: lakeKey.contract('ab12'),
  setAside: lakeKey.setAside('papers', RUN),
  job: `${lakeKey.job('papers', RUN, '0123')}spec.json`,
  attempts: lakeKey.attempts('papers'),
  schedule: lakeKey.schedule('default'),
  alerts: lakeKey.alerts,
  alertsAside: lakeKey.alertsAside('2026-11-22T02:00:00.000Z'),
  probe: lakeKey.probe(RUN),
  report: lakeKey.report('papers', RUN, 'result.json'),
}
/** Of `lakeKey`, what is a folder of one of the above. */
const FOLDERS = ['dataset', 'run', 'plan', 'jobs', 'reports']
const READABLE = ['part', 'rejects', 'manifest', 'pointer', 'contract', 'setAside', 'report']
const at = (key: string): string => `${bucket}/lake/${key}`

describe('commands of the adapters', () => {
  it('are all in the table, and the table has no others', () => {
    for (const [adapter, table] of Object.entries(ACTION_OF)) expect(commandsOf(adapter)).toEqual(Object.keys(table))
  })

  it('are sent from the adapters alone', () => {
    // EMR on EC2 is for who has clusters; the stack makes none, and its roles may start none.
    const known = [...Object.keys(ACTION_OF), 'emr'].map(adapter => `src/adapters/${adapter}/`)
    for (const file of filesWithCommands())
      expect(
        known.some(folder => file.startsWith(folder)),
        file,
      ).toBe(true)
  })
})

describe('the exporter', () => {
  it('has what its adapters call and nothing else', () => {
    const calls = Object.entries(ACTION_OF).flatMap(([adapter, table]) =>
      commandsOf(adapter).flatMap(command => table[command]!),
    )
    const { executionRoleArn, tags } = jobRunRequest(
      {
        ...{ lakeUrl: 's3://b/p', application: 'a', role: 'arn:r', conf: {}, timeoutMs: 60_000 },
        prices: { vcpuHour: 0, memoryGbHour: 0, storageGbHour: 0 },
      } as unknown as Parameters<typeof jobRunRequest>[0],
      { id: '01', name: 'papers', dataset: 'papers', runId: RUN, folder: 'f/' } as Parameters<typeof jobRunRequest>[1],
      1,
    )
    const inRequest = [
      ...(executionRoleArn === undefined ? [] : ['iam:PassRole']),
      ...(Object.keys(tags ?? {}).length === 0 ? [] : ['emr-serverless:TagResource']),
    ]
    expect(granted(of('exporter'))).toEqual(unique([...calls, ...inRequest]))
    // Tags of ours are the only ones it may set.
    const context = { 'aws:TagKeys': Object.keys(tags ?? {}) }
    const [application = ''] = idsOf(stack, 'AWS::EMRServerless::Application')
    expect(may('exporter', 'emr-serverless:TagResource', `arn:${application}/jobruns/j1`, context)).toBe(true)
    const other = { 'aws:TagKeys': ['owner'] }
    expect(may('exporter', 'emr-serverless:TagResource', `arn:${application}/jobruns/j1`, other)).toBe(false)
  })

  it('reads and writes every key of the lake', () => {
    for (const [kind, key] of Object.entries(KEYS)) {
      for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
        expect(may('exporter', action, at(key)), `${action} of ${kind}`).toBe(true)
      }
    }
  })

  it('is told that an object is not there, not that it is forbidden: it may list without a prefix', () => {
    expect(may('exporter', 's3:ListBucket', bucket)).toBe(true)
  })

  it('writes nothing beside the lake and reads no more than the logs of its jobs there', () => {
    expect(may('exporter', 's3:PutObject', `${bucket}/emr-logs/applications/a/stderr.gz`)).toBe(false)
    expect(may('exporter', 's3:DeleteObject', `${bucket}/emr-logs/applications/a/stderr.gz`)).toBe(false)
    expect(may('exporter', 's3:GetObject', `${bucket}/emr-logs/applications/a/stderr.gz`)).toBe(true)
    expect(may('exporter', 's3:GetObject', `${bucket}/lakehouse/x`)).toBe(false)
  })

  it('hands one role to one service', () => {
    const service = (name: string) => ({ 'iam:PassedToService': `${name}.amazonaws.com` })
    expect(may('exporter', 'iam:PassRole', `arn:${ROLES.validator}`, service('emr-serverless'))).toBe(true)
    expect(may('exporter', 'iam:PassRole', `arn:${ROLES.validator}`, service('ecs-tasks'))).toBe(false)
    expect(may('exporter', 'iam:PassRole', `arn:${ROLES.exporter}`, service('emr-serverless'))).toBe(false)
  })
})

describe('the validator', () => {
  it('has what the Spark job calls and nothing else', () => {
    const calls = hadoopCalls()
    for (const call of calls) expect(HADOOP_ACTIONS, call).toHaveProperty(call)
    const needed = [...calls.flatMap(call => HADOOP_ACTIONS[call]!), ...SPARK_WRITE]
    expect(granted(of('validator'))).toEqual(unique(needed))
  })

  it('reads the lake, and writes its own folders only', () => {
    for (const [kind, key] of Object.entries(KEYS)) {
      expect(may('validator', 's3:GetObject', at(key)), kind).toBe(true)
      for (const action of ['s3:PutObject', 's3:DeleteObject']) {
        expect(may('validator', action, at(key)), `${action} of ${kind}`).toBe(kind === 'job')
      }
    }
    expect(may('validator', 's3:PutObject', `${bucket}/emr-logs/applications/a/stderr.gz`)).toBe(true)
    expect(may('validator', 's3:GetObject', `${bucket}/emr-logs/applications/a/stderr.gz`)).toBe(false)
  })
})

describe('the reader', () => {
  it('has what reading takes and nothing else', () => {
    expect(granted(of('reader'))).toEqual(['s3:GetObject', 's3:ListBucket'])
  })

  it('reads data, manifests and reports, and none of the bookkeeping', () => {
    expect(Object.keys(lakeKey).sort()).toEqual([...Object.keys(KEYS), ...FOLDERS].sort())
    for (const [kind, key] of Object.entries(KEYS)) {
      expect(may('reader', 's3:GetObject', at(key)), kind).toBe(READABLE.includes(kind))
      expect(may('reader', 's3:PutObject', at(key)), kind).toBe(false)
    }
    expect(HIDDEN).toHaveLength(Object.keys(KEYS).length - READABLE.length)
  })
})

describe('what starts tasks', () => {
  it('fetches image and secrets and opens the log, each by its name', () => {
    expect(granted(of('execution'))).toEqual([
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'secretsmanager:GetSecretValue',
    ])
  })

  it('by the clock, starts this task on this cluster, and no other', () => {
    expect(granted(of('scheduler'))).toEqual(['ecs:RunTask', 'iam:PassRole', 'sqs:SendMessage'])
    const [cluster] = idsOf(stack, 'AWS::ECS::Cluster')
    const [task] = idsOf(stack, 'AWS::ECS::TaskDefinition')
    expect(may('scheduler', 'ecs:RunTask', `ref:${task}`, { 'ecs:cluster': `arn:${cluster}` })).toBe(true)
    expect(may('scheduler', 'ecs:RunTask', `ref:${task}`, { 'ecs:cluster': 'arn:other' })).toBe(false)
    const ecs = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }
    for (const [name, id] of Object.entries(ROLES)) {
      const handed = ['exporter', 'execution'].includes(name)
      expect(may('scheduler', 'iam:PassRole', `arn:${id}`, ecs), name).toBe(handed)
    }
  })
})

describe('all roles', () => {
  it('are five, with policies that are written out here', () => {
    expect(idsOf(stack, 'AWS::IAM::Role').sort()).toEqual(Object.values(ROLES).sort())
    for (const id of Object.values(ROLES))
      expect(stack.resources[id]?.Properties).not.toHaveProperty('ManagedPolicyArns')
    expect(idsOf(stack, 'AWS::IAM::ManagedPolicy')).toEqual([])
    for (const type of ['AWS::IAM::User', 'AWS::Lambda::Function']) expect(idsOf(stack, type)).toEqual([])
  })

  it('name every action, and every resource but where AWS has none to name', () => {
    for (const name of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
      for (const { Action, Resource, Sid } of of(name)) {
        for (const action of list(Action)) expect(action, `${name} ${Sid}`).not.toMatch(/[*?]/)
        const everything = list(Resource).some(resource => resolve(stack, resource) === '*')
        // It signs in at the registry, before any repository is named.
        expect(everything, `${name} ${Sid}`).toBe(Action === 'ecr:GetAuthorizationToken')
      }
    }
  })

  it('are taken by the service that they are for, in this account', () => {
    const trust = (name: keyof typeof ROLES) =>
      stack.resources[ROLES[name]]?.Properties.AssumeRolePolicyDocument.Statement.map(
        ({ Principal, Condition }: Statement) => [Principal, Condition],
      )
    const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }
    const [application] = idsOf(stack, 'AWS::EMRServerless::Application')
    expect(trust('exporter')).toEqual([[{ Service: 'ecs-tasks.amazonaws.com' }, account]])
    expect(trust('scheduler')).toEqual([[{ Service: 'scheduler.amazonaws.com' }, account]])
    expect(trust('validator')).toEqual([
      [
        { Service: 'emr-serverless.amazonaws.com' },
        { ...account, ArnLike: { 'aws:SourceArn': { 'Fn::GetAtt': [application, 'Arn'] } } },
      ],
    ])
    expect(JSON.stringify(trust('reader'))).toContain(':root')
  })
})
