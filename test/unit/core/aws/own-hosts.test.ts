import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { EC2Client } from '@aws-sdk/client-ec2'
import { ECSClient } from '@aws-sdk/client-ecs'
import { IAMClient } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { SSMClient } from '@aws-sdk/client-ssm'
import { SSOClient } from '@aws-sdk/client-sso'
import { SSOOIDCClient } from '@aws-sdk/client-sso-oidc'
import { STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { parseAwsConfig } from '../../../../src/core/aws/config-file.ts'
import { createEndpoints } from '../../../../src/core/aws/endpoints.ts'
import { iamRegion } from '../../../../src/core/aws/iam-endpoint.ts'

/** The rule sets that AWS publishes inside its SDK, in the words of each client. */
const region = 'us-east-1'
const sdkHosts = {
  ecs: new ECSClient({ region }).config.endpointProvider,
  ssm: new SSMClient({ region }).config.endpointProvider,
  sts: new STSClient({ region }).config.endpointProvider,
  sso: new SSOClient({ region }).config.endpointProvider,
  'sso-oidc': new SSOOIDCClient({ region }).config.endpointProvider,
  logs: new CloudWatchLogsClient({ region }).config.endpointProvider,
  iam: new IAMClient({ region }).config.endpointProvider,
  ec2: new EC2Client({ region }).config.endpointProvider,
  cloudtrail: new CloudTrailClient({ region }).config.endpointProvider,
  s3: new S3Client({ region }).config.endpointProvider,
}

const regions = [
  'us-east-1',
  'eu-west-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
]

const services = Object.keys(sdkHosts) as (keyof typeof sdkHosts)[]

test.each(services)(
  '%s has the hosts that the SDK has, in every partition, FIPS and dual-stack',
  async (service) => {
    for (const Region of regions) {
      for (const [UseFIPS, UseDualStack] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        // There S3 has no such hosts, and the SDK throws where we ask for one that nobody finds.
        if (service === 's3' && UseFIPS && Region.startsWith('cn-')) continue
        const endpoints = createEndpoints({
          environment: {
            AWS_USE_FIPS_ENDPOINT: String(UseFIPS),
            AWS_USE_DUALSTACK_ENDPOINT: String(UseDualStack),
          },
          config: async () => parseAwsConfig('', 'config'),
        })
        const ours = await endpoints.url(service, Region)
        const theirs = sdkHosts[service]({ Region, UseFIPS, UseDualStack }).url
        expect(ours.href).toBe(theirs.href)
      }
    }
  },
)

test.each([
  ['eu-west-1', 'us-east-1'],
  ['us-gov-east-1', 'us-gov-west-1'],
  ['cn-northwest-1', 'cn-north-1'],
  ['us-iso-west-1', 'us-iso-east-1'],
])('calls to IAM from %s are signed for %s', (from, signed) => {
  expect(iamRegion(from)).toBe(signed)
})
