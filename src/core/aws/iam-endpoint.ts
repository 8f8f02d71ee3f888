import { type Partition, partitionOf } from './partitions.ts'

/** IAM is one per partition: where it is at home, and what stands in its names before the DNS suffix. */
interface IamHome {
  region: string
  /** As it is, with FIPS, with dual stack, with both. */
  names: readonly [plain: string, fips: string, dualStack: string, both: string]
}

/** Held to the rule set inside the AWS SDK for JavaScript by a test. */
const homes: Readonly<Record<string, IamHome>> = {
  aws: { region: 'us-east-1', names: ['', '', 'global', 'global'] },
  'aws-us-gov': { region: 'us-gov-west-1', names: ['us-gov', 'us-gov', 'us-gov', 'us-gov'] },
  'aws-cn': { region: 'cn-north-1', names: ['cn-north-1', '', 'global', ''] },
  'aws-eusc': { region: 'eusc-de-east-1', names: ['eusc-de-east-1', '', 'global', ''] },
  'aws-iso': { region: 'us-iso-east-1', names: ['us-iso-east-1', 'us-iso-east-1', '', ''] },
  'aws-iso-b': { region: 'us-isob-east-1', names: ['us-isob-east-1', 'us-isob-east-1', '', ''] },
  'aws-iso-e': { region: 'eu-isoe-west-1', names: ['eu-isoe-west-1', '', '', ''] },
  'aws-iso-f': { region: 'us-isof-south-1', names: ['us-isof-south-1', '', '', ''] },
}

/** The host of IAM for a partition. */
export function iamHost({ id, ...suffixes }: Partition, fips: boolean, dualStack: boolean): string {
  const name = homes[id]?.names[(fips ? 1 : 0) + (dualStack ? 2 : 0)]
  const label = fips && id !== 'aws-us-gov' ? 'iam-fips' : 'iam'
  const suffix = dualStack ? suffixes.dualStackDnsSuffix : suffixes.dnsSuffix
  return [label, name, suffix].filter(Boolean).join('.')
}

/** The Region that calls to IAM are signed for, wherever somebody works. */
export function iamRegion(region: string): string {
  return homes[partitionOf(region).id]?.region ?? region
}
