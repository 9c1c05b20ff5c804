import { Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'

/** What alarms of AWS and alerts of Lakeferry (a channel of kind `sns`) are sent to. */
export class AlertTopic extends Construct {
  readonly topic: Topic

  constructor(scope: Construct, id: string, { alarmEmails }: { readonly alarmEmails: readonly string[] }) {
    super(scope, id)
    this.topic = new Topic(this, 'Topic', { displayName: 'Lakeferry', enforceSSL: true })
    for (const address of alarmEmails) this.topic.addSubscription(new EmailSubscription(address))
    // A policy of one's own takes the place of the one that lets alarms of the account through: without this they would
    // fail, and nobody would hear of it.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
  }
}
