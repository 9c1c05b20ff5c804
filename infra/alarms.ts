import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { EXPORT_GROUP } from './schedule.js'

export interface AlarmsProps {
  readonly topic: ITopic
  /** Where the program's log lines go. */
  readonly logGroup: ILogGroup
  readonly clusterArn: string
  readonly deadLetters: IQueue
  readonly staleAfterHours: number
  /** Each with a stale alarm of its own; none: one alarm for all together. */
  readonly datasets: readonly string[]
  /** While nothing is scheduled, nobody is told that nothing runs. */
  readonly paused: boolean
}

export const NAMESPACE = 'Lakeferry'

/** Events of the program's log that are counted, and as what. */
export const COUNTED = {
  'run.finished': 'RunsFinished',
  'run.failed': 'RunsFailed',
  'alert.opened': 'AlertsOpened',
  'slot.missed': 'SlotsMissed',
  'channel.failed': 'ChannelsFailed',
} as const

/** Exit codes that are verdicts about the data, which Lakeferry's own alerts tell: 0, 1 and 4. */
const VERDICTS = [0, 1, 4]

/**
 * What AWS watches by itself, for when the program cannot: it failed, it did not run, it could not be started, or it could tell
 * nobody. Verdicts on the data are Lakeferry's own alerts, which go to the same topic.
 */
export class Alarms extends Construct {
  readonly #topic: ITopic
  readonly #paused: boolean

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    this.#topic = props.topic
    this.#paused = props.paused
    this.#count(props)
    this.#stale(props)
    this.#tellWhen(
      'RunFailed',
      metric('run.failed'),
      'A run failed: its log line has the code, docs/errors.md what to do.',
    )
    this.#tellWhen('SlotMissed', metric('slot.missed'), 'A slot of the schedule passed without a run.')
    this.#tellWhen('ChannelFailed', metric('channel.failed'), 'An alert could not be delivered to a channel.')
    this.#tellWhen(
      'DeadLetters',
      props.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      'EventBridge Scheduler gave up starting a task: the message in the queue says which and why.',
    )
    this.#tellOfTasks(props.clusterArn)
  }

  #count({ logGroup, datasets }: AlarmsProps): void {
    for (const [event, metricName] of Object.entries(COUNTED)) {
      new MetricFilter(this, metricName, {
        logGroup,
        filterPattern: FilterPattern.stringValue('$.event', '=', event),
        metricNamespace: NAMESPACE,
        metricName,
        metricValue: '1',
      })
    }
    if (datasets.length === 0) return
    // Under another name: a metric with dimensions is another metric, and one without them would be missing its sum.
    new MetricFilter(this, 'RunsFinishedByDataset', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.event', '=', 'run.finished'),
      metricNamespace: NAMESPACE,
      metricName: 'DatasetRunsFinished',
      metricValue: '1',
      dimensions: { Dataset: '$.dataset' },
    })
  }

  /** Silence counts as failure: no container, no log line, no metric, and yet an alarm. */
  #stale({ datasets, staleAfterHours }: AlarmsProps): void {
    const alarm = (name: string, finished: IMetric, whose: string): void => {
      this.#notify(
        new Alarm(this, name, {
          actionsEnabled: !this.#paused,
          alarmDescription: `No finished run ${whose} for ${staleAfterHours} hours. See: lakeferry status`,
          // Without FILL, CloudWatch would look further back for hours with a value before it calls any of them missing.
          metric: new MathExpression({
            expression: 'FILL(finished, 0)',
            usingMetrics: { finished },
            period: Duration.hours(1),
            label: 'finished runs',
          }),
          comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
          threshold: 1,
          evaluationPeriods: staleAfterHours,
          datapointsToAlarm: staleAfterHours,
          treatMissingData: TreatMissingData.BREACHING,
        }),
      )
    }
    const hourly = { namespace: NAMESPACE, statistic: 'Sum', period: Duration.hours(1) }
    if (datasets.length === 0) {
      alarm('Stale', new Metric({ ...hourly, metricName: COUNTED['run.finished'] }), 'of any dataset')
    }
    for (const Dataset of datasets) {
      const finished = new Metric({ ...hourly, metricName: 'DatasetRunsFinished', dimensionsMap: { Dataset } })
      alarm(`Stale-${Dataset}`, finished, `of ${Dataset}`)
    }
  }

  #tellWhen(name: string, when: IMetric, alarmDescription: string): void {
    this.#notify(
      new Alarm(this, name, {
        actionsEnabled: !this.#paused,
        alarmDescription,
        metric: when,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: 1,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }),
    )
  }

  #notify(alarm: Alarm): void {
    alarm.addAlarmAction(new SnsAction(this.#topic))
    alarm.addOkAction(new SnsAction(this.#topic))
  }

  /** A task that never started, or ended in no way that the program knows: nothing of that is in its log. */
  #tellOfTasks(clusterArn: string): void {
    const stopped = { clusterArn: [clusterArn], lastStatus: ['STOPPED'] }
    new Rule(this, 'TaskFailed', {
      description: 'Lakeferry: a task could not be started, or died',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          ...stopped,
          $or: [
            { stopCode: ['TaskFailedToStart'] },
            { group: [EXPORT_GROUP], containers: { exitCode: [{ 'anything-but': VERDICTS }] } },
          ],
        },
      },
      targets: [
        new SnsTopic(this.#topic, {
          message: RuleTargetInput.fromMultilineText(
            [
              'A task of Lakeferry could not be started, or died.',
              `Task: ${EventField.fromPath('$.detail.taskArn')}`,
              `Group: ${EventField.fromPath('$.detail.group')}`,
              `Reason: ${EventField.fromPath('$.detail.stoppedReason')}`,
              'What to do: docs/deploy/aws.md, When a task fails',
            ].join('\n'),
          ),
        }),
      ],
    })
  }
}

function metric(event: keyof typeof COUNTED): Metric {
  return new Metric({ namespace: NAMESPACE, metricName: COUNTED[event], statistic: 'Sum', period: Duration.minutes(5) })
}
