import type { CloudClient } from '../../../contract/cloud-audit.ts'

/** What opened a shell, as its user agent says. */
export const clientWords: Record<CloudClient, string> = {
  porthole: 'Porthole',
  'aws-cli': 'AWS CLI',
  console: 'ECS console',
  sdk: 'AWS SDK',
  other: 'Another program',
}
