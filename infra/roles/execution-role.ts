import type { IRepository } from 'aws-cdk-lib/aws-ecr'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface ExecutionRoleProps {
  readonly repository: IRepository
  readonly logGroup: ILogGroup
  /** ARNs of the secrets that become environment variables. */
  readonly secrets: readonly string[]
}

/**
 * What ECS is while it starts a task, before the program runs: fetches the image and the secrets, opens the log.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
 */
export class ExecutionRole extends Construct {
  readonly role: Role

  constructor(scope: Construct, id: string, { repository, logGroup, secrets }: ExecutionRoleProps) {
    super(scope, id)
    this.role = new Role(this, 'Role', {
      description: 'Lakeferry: starts tasks',
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    })
    // It names no repository: AWS knows no narrower resource for it.
    this.role.addToPolicy(
      new PolicyStatement({ sid: 'SignIn', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    )
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'Image',
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        resources: [repository.repositoryArn],
      }),
    )
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    )
    this.role.addToPolicy(
      new PolicyStatement({ sid: 'Secrets', actions: ['secretsmanager:GetSecretValue'], resources: [...secrets] }),
    )
  }
}
