/**
 * Regions with ECS that are open to every account or can be opted into, in the
 * commercial partition, then GovCloud, the sovereign and the isolated ones and China. Only an aid for choosing: any
 * other region that the configuration names works as well.
 */
export const regions: readonly { id: string; place: string }[] = [
  { id: 'us-east-1', place: 'N. Virginia' },
  { id: 'us-east-2', place: 'Ohio' },
  { id: 'us-west-1', place: 'N. California' },
  { id: 'us-west-2', place: 'Oregon' },
  { id: 'af-south-1', place: 'Cape Town' },
  { id: 'ap-east-1', place: 'Hong Kong' },
  { id: 'ap-east-2', place: 'Taipei' },
  { id: 'ap-northeast-1', place: 'Tokyo' },
  { id: 'ap-northeast-2', place: 'Seoul' },
  { id: 'ap-northeast-3', place: 'Osaka' },
  { id: 'ap-south-1', place: 'Mumbai' },
  { id: 'ap-south-2', place: 'Hyderabad' },
  { id: 'ap-southeast-1', place: 'Singapore' },
  { id: 'ap-southeast-2', place: 'Sydney' },
  { id: 'ap-southeast-3', place: 'Jakarta' },
  { id: 'ap-southeast-4', place: 'Melbourne' },
  { id: 'ap-southeast-5', place: 'Malaysia' },
  { id: 'ap-southeast-6', place: 'New Zealand' },
  { id: 'ap-southeast-7', place: 'Thailand' },
  { id: 'ca-central-1', place: 'Montreal' },
  { id: 'ca-west-1', place: 'Calgary' },
  { id: 'eu-central-1', place: 'Frankfurt' },
  { id: 'eu-central-2', place: 'Zurich' },
  { id: 'eu-north-1', place: 'Stockholm' },
  { id: 'eu-south-1', place: 'Milan' },
  { id: 'eu-south-2', place: 'Spain' },
  { id: 'eu-west-1', place: 'Ireland' },
  { id: 'eu-west-2', place: 'London' },
  { id: 'eu-west-3', place: 'Paris' },
  { id: 'il-central-1', place: 'Tel Aviv' },
  { id: 'me-central-1', place: 'UAE' },
  { id: 'me-south-1', place: 'Bahrain' },
  { id: 'mx-central-1', place: 'Mexico' },
  { id: 'sa-east-1', place: 'São Paulo' },
  { id: 'us-gov-east-1', place: 'GovCloud East' },
  { id: 'us-gov-west-1', place: 'GovCloud West' },
  { id: 'eusc-de-east-1', place: 'European Sovereign Cloud' },
  { id: 'us-iso-east-1', place: 'US ISO East' },
  { id: 'us-iso-west-1', place: 'US ISO West' },
  { id: 'us-isob-east-1', place: 'US ISOB East' },
  { id: 'eu-isoe-west-1', place: 'EU ISOE West' },
  { id: 'us-isof-east-1', place: 'US ISOF East' },
  { id: 'us-isof-south-1', place: 'US ISOF South' },
  { id: 'cn-north-1', place: 'Beijing' },
  { id: 'cn-northwest-1', place: 'Ningxia' },
]

const partitions: readonly [RegExp, string][] = [
  [/^cn-/, 'aws-cn'],
  [/^us-gov-/, 'aws-us-gov'],
  [/^eusc-/, 'aws-eusc'],
  [/^us-iso-/, 'aws-iso'],
  [/^us-isob-/, 'aws-iso-b'],
  [/^eu-isoe-/, 'aws-iso-e'],
  [/^(us|eu)-isof-/, 'aws-iso-f'],
]

/** Regions of different partitions know nothing of each other: no sign-in reaches from one into another. */
export function partitionOfRegion(region: string): string {
  return partitions.find(([pattern]) => pattern.test(region))?.[1] ?? 'aws'
}

/** Those of the partition of `region`, which is among them whatever it is. */
export function regionsBeside(region: string): readonly { id: string; place: string }[] {
  const partition = partitionOfRegion(region)
  const listed = regions.filter(({ id }) => partitionOfRegion(id) === partition)
  return listed.some(({ id }) => id === region) ? listed : [...listed, { id: region, place: '' }]
}
