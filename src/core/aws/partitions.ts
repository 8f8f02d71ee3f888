import { PortholeError } from '../../contract/errors.ts'

/** Regions whose services share a DNS suffix and whose ARNs begin `arn:<id>:`. */
export interface Partition {
  id: string
  dnsSuffix: string
  /** Of the names that have both IPv4 and IPv6 addresses. */
  dualStackDnsSuffix: string
}

/** Source: `partitions.json` of the AWS SDKs (2026-11). */
const partitions: readonly (Partition & { regions: RegExp })[] = [
  partition('aws-cn', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn', /^cn-/),
  partition('aws-us-gov', 'amazonaws.com', 'api.aws', /^us-gov-/),
  partition('aws-eusc', 'amazonaws.eu', 'api.amazonwebservices.eu', /^eusc-/),
  partition('aws-iso', 'c2s.ic.gov', 'api.aws.ic.gov', /^us-iso-/),
  partition('aws-iso-b', 'sc2s.sgov.gov', 'api.aws.scloud', /^us-isob-/),
  partition('aws-iso-e', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk', /^eu-isoe-/),
  partition('aws-iso-f', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov', /^(us|eu)-isof-/),
]

const standardPartition: Partition = {
  id: 'aws',
  dnsSuffix: 'amazonaws.com',
  dualStackDnsSuffix: 'api.aws',
}

function partition(id: string, dnsSuffix: string, dualStackDnsSuffix: string, regions: RegExp) {
  return { id, dnsSuffix, dualStackDnsSuffix, regions }
}

/** @throws {PortholeError} INVALID_REQUEST for text that is no region: it would become part of a host name */
export function partitionOf(region: string): Partition {
  if (!/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: `"${region}" is not an AWS Region.`,
      action: 'Write it like us-east-1.',
    })
  }
  const found = partitions.find(({ regions }) => regions.test(region))
  if (!found) return standardPartition
  const { regions: _, ...partition } = found
  return partition
}
