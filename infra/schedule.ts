import { Duration } from 'aws-cdk-lib'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { CONTAINER, type ExportTask } from './export-task.js'
import type { Network } from './network.js'
import { SchedulerRole } from './roles/scheduler-role.js'
import type { Settled } from './settings.js'

export interface ScheduleProps {
  readonly settings: Settled
  readonly task: ExportTask
  readonly network: Network
}

/** Group of the tasks whose failure somebody must hear about; the monitor is asked again in an hour. */
export const EXPORT_GROUP = 'lakeferry-export'
const MONITOR_GROUP = 'lakeferry-monitor'
const SWEEP_GROUP = 'lakeferry-sweep'
/** For as long as ECS cannot take a task; after that it is a dead letter, and an alarm. */
const TRY_FOR_SECONDS = 3600
const TRIES = 30

/**
 * The clock: EventBridge Scheduler starts the task, in a time zone, daylight saving included. It starts a task at least once:
 * when it ever does so twice, there are two runs with ids of their own, each of them whole; none can damage the other.
 */
export class Schedule extends Construct {
  readonly deadLetters: Queue
  readonly role: SchedulerRole

  constructor(scope: Construct, id: string, { settings, task, network }: ScheduleProps) {
    super(scope, id)
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    })
    const { taskRole } = task.definition
    this.role = new SchedulerRole(this, 'Scheduler', {
      clusterArn: task.clusterArn,
      taskDefinitionArn: task.definition.taskDefinitionArn,
      taskRoles: [taskRole, task.executionRole],
      deadLetters: this.deadLetters,
    })
    const { exportAt, monitorAt, sweepAt, flexibleMinutes, exportCommand } = settings
    const start = (name: string, at: string, group: string, command: readonly string[], flexible = 0): void => {
      if (at === '') return
      new CfnSchedule(this, name, {
        description: `Lakeferry: ${command.join(' ')}`,
        state: settings.paused ? 'DISABLED' : 'ENABLED',
        scheduleExpression: at,
        scheduleExpressionTimezone: settings.timezone,
        flexibleTimeWindow: flexible === 0 ? { mode: 'OFF' } : { mode: 'FLEXIBLE', maximumWindowInMinutes: flexible },
        target: {
          arn: task.clusterArn,
          roleArn: this.role.role.roleArn,
          ecsParameters: {
            taskDefinitionArn: task.definition.taskDefinitionArn,
            taskCount: 1,
            launchType: 'FARGATE',
            group,
            networkConfiguration: {
              awsvpcConfiguration: {
                subnets: network.subnets.map(subnet => subnet.subnetId),
                securityGroups: [network.securityGroup.securityGroupId],
                assignPublicIp: network.publicAddress ? 'ENABLED' : 'DISABLED',
              },
            },
          },
          input: JSON.stringify({ containerOverrides: [{ name: CONTAINER, command }] }),
          deadLetterConfig: { arn: this.deadLetters.queueArn },
          retryPolicy: { maximumEventAgeInSeconds: TRY_FOR_SECONDS, maximumRetryAttempts: TRIES },
        },
      })
    }
    start('Export', exportAt, EXPORT_GROUP, exportCommand, flexibleMinutes)
    start('Monitor', monitorAt, MONITOR_GROUP, ['monitor', '--json'])
    start('Sweep', sweepAt, SWEEP_GROUP, ['gc', '--json'])
  }
}
