import type { CloudClient } from '../../../contract/cloud-audit.ts'

/** In this order: the AWS CLI and Porthole are built on SDKs and name those too. */
const signs: readonly [CloudClient, RegExp][] = [
  ['porthole', /\bporthole\b/i],
  ['aws-cli', /\baws-cli\//i],
  ['sdk', /\b(aws-sdk-[\w-]+|boto3|botocore|aws-sdk)\//i],
  ['console', /^\[?(Mozilla\/|AWS Internal)|\b(console|signin)\.(amazonaws|aws\.amazon)\.com\b/i],
]

/** What made a call. A hint for people: a user agent is whatever its sender wrote. */
export function clientOf(userAgent: string | undefined): CloudClient {
  return signs.find(([, sign]) => sign.test(userAgent ?? ''))?.[0] ?? 'other'
}
