import { readFileSync } from 'node:fs'
import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { COUNTED, NAMESPACE } from '../../infra/alarms.js'
import { type LogEventName, logEvent, runFact } from '../../src/telemetry/log-line.js'
import { counted, filtersOf } from './metric-filters.js'
import { idsOf, synthesize } from './synthesized.js'

const stack = synthesize({ alarmEmails: ['data@example.org', 'night@example.org'] })
const perDataset = synthesize({ datasets: ['papers', 'comments'], staleAfterHours: 30, paused: true })

// biome-ignore lint/suspicious/noExplicitAny: as CloudFormation has it
const alarms = (from: typeof stack): any[] =>
  idsOf(from, 'AWS::CloudWatch::Alarm').map(id => from.resources[id]?.Properties)

describe('what is counted', () => {
  it('are lines of the program’s own log', () => {
    const events: readonly LogEventName[] = Object.keys(COUNTED) as (keyof typeof COUNTED)[]
    expect(filtersOf(stack)).toHaveLength(events.length)
    for (const event of events) {
      const line = logEvent({ event, at: '2026-11-22T02:00:00.000Z', dataset: 'papers' })
      expect(counted(filtersOf(stack), line)).toEqual([COUNTED[event as keyof typeof COUNTED]])
    }
  })

  it('is the failure of a run as `run` writes it, and no other line', () => {
    const moment = { at: '2026-11-22T02:00:00.000Z', dataset: 'papers', runId: undefined } as const
    const problem = { step: 'export', code: 'SOURCE_UNREACHABLE', message: 'gone', interrupted: false } as const
    const failed = logEvent(runFact({ event: 'run.failed', ...moment, ...problem }))
    const started = logEvent(runFact({ event: 'export.started', ...moment, collection: 'papers' }))
    expect(counted(filtersOf(stack), failed)).toEqual(['RunsFailed'])
    expect(counted(filtersOf(stack), started)).toEqual([])
  })

  it('goes to one namespace, which the guide names', () => {
    for (const { MetricTransformations } of [...filtersOf(stack), ...filtersOf(perDataset)]) {
      expect(MetricTransformations[0].MetricNamespace).toBe(NAMESPACE)
    }
    expect(readFileSync(new URL('../../docs/deploy/aws.md', import.meta.url), 'utf8')).toContain(`\`${NAMESPACE}\``)
  })
})

describe('alarms', () => {
  it('take silence for failure: no finished run for as long as promised', () => {
    const stale = alarms(stack).filter(({ TreatMissingData }) => TreatMissingData === 'breaching')
    expect(stale).toHaveLength(1)
    expect(stale[0]).toMatchObject({
      EvaluationPeriods: 26,
      DatapointsToAlarm: 26,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      Metrics: [
        { Expression: 'FILL(finished, 0)' },
        { Id: 'finished', MetricStat: { Period: 3600, Stat: 'Sum', Metric: { MetricName: COUNTED['run.finished'] } } },
      ],
    })
  })

  it('watch each dataset by itself, when they are named', () => {
    const stale = alarms(perDataset).filter(({ TreatMissingData }) => TreatMissingData === 'breaching')
    const watched = stale.map(({ Metrics, EvaluationPeriods }) => {
      const { MetricName, Dimensions } = Metrics[1].MetricStat.Metric
      return [MetricName, Dimensions, EvaluationPeriods]
    })
    expect(watched).toEqual(
      ['papers', 'comments'].map(Value => ['DatasetRunsFinished', [{ Name: 'Dataset', Value }], 30]),
    )
    const [by] = filtersOf(perDataset).filter(({ MetricTransformations: [to] }) => to.Dimensions !== undefined)
    expect(by?.MetricTransformations[0]).toMatchObject({
      MetricName: 'DatasetRunsFinished',
      Dimensions: [{ Key: 'Dataset', Value: '$.dataset' }],
    })
  })

  it('are told, and told to be over, to the topic; but not while everything is paused', () => {
    const [topic] = idsOf(stack, 'AWS::SNS::Topic')
    expect(alarms(stack)).toHaveLength(5)
    for (const alarm of alarms(stack)) {
      expect(alarm.ActionsEnabled ?? true).toBe(true)
      expect(alarm.AlarmActions).toEqual([{ Ref: topic }])
      expect(alarm.OKActions).toEqual([{ Ref: topic }])
    }
    for (const alarm of alarms(perDataset)) expect(alarm.ActionsEnabled).toBe(false)
  })

  it('tell of what the clock could not start', () => {
    const [queue] = idsOf(stack, 'AWS::SQS::Queue')
    stack.template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
      Statistic: 'Maximum',
      Threshold: 1,
    })
  })
})

describe('the topic', () => {
  it('takes alarms of this account, events of tasks, and nothing without TLS', () => {
    const [policy] = idsOf(stack, 'AWS::SNS::TopicPolicy').map(id => stack.resources[id]?.Properties.PolicyDocument)
    // biome-ignore lint/suspicious/noExplicitAny: as CloudFormation has it
    const allowed = policy.Statement.filter(({ Effect }: any) => Effect === 'Allow')
    // biome-ignore lint/suspicious/noExplicitAny: as CloudFormation has it
    expect(allowed.map(({ Principal, Condition }: any) => [Principal.Service, Condition])).toEqual([
      ['cloudwatch.amazonaws.com', { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }],
      ['events.amazonaws.com', undefined],
    ])
    expect(policy.Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
  })

  it('tells who was named', () => {
    for (const Endpoint of ['data@example.org', 'night@example.org']) {
      stack.template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint })
    }
    expect(idsOf(perDataset, 'AWS::SNS::Subscription')).toEqual([])
  })
})

describe('tasks', () => {
  it('that cannot start, or end in no way that the program knows, are told', () => {
    const [cluster] = idsOf(stack, 'AWS::ECS::Cluster')
    stack.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Task State Change'],
        detail: {
          clusterArn: [{ 'Fn::GetAtt': [cluster, 'Arn'] }],
          lastStatus: ['STOPPED'],
          $or: [
            { stopCode: ['TaskFailedToStart'] },
            { group: ['lakeferry-export'], containers: { exitCode: [{ 'anything-but': [0, 1, 4] }] } },
          ],
        },
      },
      Targets: [Match.objectLike({ Arn: { Ref: idsOf(stack, 'AWS::SNS::Topic')[0] } })],
    })
  })
})
