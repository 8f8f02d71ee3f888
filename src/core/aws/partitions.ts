import { PortholeError } from '../../contract/errors.ts'

/** Regions whose services share a DNS suffix and whose ARNs begin `arn:<id>:`. */
export interface Partition {
  id: string
  dnsSuffix: string
}

/** Source: `partitions.json` of the AWS SDKs (2026-11). */
const partitions: readonly (Partition & { regions: RegExp })[] = [
  { id: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', regions: /^cn-/ },
  { id: 'aws-us-gov', dnsSuffix: 'amazonaws.com', regions: /^us-gov-/ },
  { id: 'aws-eusc', dnsSuffix: 'amazonaws.eu', regions: /^eusc-/ },
  { id: 'aws-iso', dnsSuffix: 'c2s.ic.gov', regions: /^us-iso-/ },
  { id: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov', regions: /^us-isob-/ },
  { id: 'aws-iso-e', dnsSuffix: 'cloud.adc-e.uk', regions: /^eu-isoe-/ },
  { id: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov', regions: /^(us|eu)-isof-/ },
]

const standardPartition: Partition = { id: 'aws', dnsSuffix: 'amazonaws.com' }

/** @throws {PortholeError} INVALID_REQUEST for text that is no region: it would become part of a host name */
export function partitionOf(region: string): Partition {
  if (!/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) {
    throw new PortholeError({
      code: 'INVALID_REQUEST',
      message: `"${region}" is not an AWS Region.`,
      action: 'Write it like us-east-1.',
    })
  }
  const { id, dnsSuffix } = partitions.find(({ regions }) => regions.test(region)) ?? standardPartition
  return { id, dnsSuffix }
}
