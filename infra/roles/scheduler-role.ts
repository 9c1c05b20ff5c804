import { Stack } from 'aws-cdk-lib'
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'

export interface SchedulerRoleProps {
  readonly clusterArn: string
  readonly taskDefinitionArn: string
  /** The roles of the task definition, which ECS is handed. */
  readonly taskRoles: readonly IRole[]
  /** Takes what could not be started. */
  readonly deadLetters: IQueue
}

/** What EventBridge Scheduler is: starts this task on this cluster, and notes what it could not start. */
export class SchedulerRole extends Construct {
  readonly role: Role

  constructor(scope: Construct, id: string, props: SchedulerRoleProps) {
    super(scope, id)
    this.role = new Role(this, 'Role', {
      description: 'Lakeferry: starts tasks by the clock',
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    })
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'Start',
        actions: ['ecs:RunTask'],
        resources: [props.taskDefinitionArn],
        conditions: { ArnEquals: { 'ecs:cluster': props.clusterArn } },
      }),
    )
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'HandRolesToTasks',
        actions: ['iam:PassRole'],
        resources: props.taskRoles.map(role => role.roleArn),
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    )
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'DeadLetters',
        actions: ['sqs:SendMessage'],
        resources: [props.deadLetters.queueArn],
      }),
    )
  }
}
