import {
  AccountRootPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  Effect,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { LakeBucket } from '../lake-bucket.js'
import { allowKey, allowListing } from './lake-access.js'

/**
 * What of the lake's own bookkeeping is nobody's who only reads data: below `_lakeferry/`. The rest of it, contracts as they were
 * and runs that were set aside, is what a reader asks for.
 */
export const HIDDEN: readonly string[] = [
  'alerts.json',
  'alerts-aside/*',
  'attempts/*',
  'claims/*',
  'doctor/*',
  'jobs/*',
  'plans/*',
  'schedule/*',
]

/** Who analyses: gets what is committed and the reports on it, by any tool, and changes nothing. */
export class ReaderRole extends Construct {
  readonly role: Role

  /** @param props - `readers`: ARNs of who may take it; none: those of this account whose own policies allow it */
  constructor(
    scope: Construct,
    id: string,
    { lake, readers }: { readonly lake: LakeBucket; readonly readers: readonly string[] },
  ) {
    super(scope, id)
    const [first, ...others] = readers.map(arn => new ArnPrincipal(arn))
    this.role = new Role(this, 'Role', {
      description: 'Lakeferry: reads committed runs and their reports',
      assumedBy: first === undefined ? new AccountRootPrincipal() : new CompositePrincipal(first, ...others),
    })
    allowListing(this.role, lake)
    allowKey(this.role, lake, 'read')
    this.role.addToPolicy(new PolicyStatement({ sid: 'Read', actions: ['s3:GetObject'], resources: [lake.objects()] }))
    this.role.addToPolicy(
      new PolicyStatement({
        sid: 'NotTheBookkeeping',
        effect: Effect.DENY,
        actions: ['s3:GetObject'],
        resources: HIDDEN.map(path => lake.objects(`_lakeferry/${path}`)),
      }),
    )
  }
}
