import { single, taskRole } from './task-definitions.ts'
import type { RegionDescription } from './world-types.ts'

const registry = '777788889999.dkr.ecr.eu-west-1.amazonaws.com'

/** A locked root file system, so the exec agent could not make its folders and stopped. */
const readOnlyRoot = {
  worker: {
    status: 'STOPPED',
    reason: 'mkdir /var/lib/amazon/ssm: read-only file system',
  },
} as const

/** Where things are tried out. The cluster keeps no exec log at all. */
export const development: readonly RegionDescription[] = [
  {
    name: 'eu-west-1',
    clusters: [
      {
        name: 'batch',
        tags: { environment: 'development' },
        execution: { logging: 'NONE' },
        services: [
          {
            name: 'payments-worker',
            desiredCount: 2,
            execEnabled: true,
            definition: single(
              'payments-worker',
              {
                name: 'worker',
                image: `${registry}/payments-worker:sha-3c9f1ab`,
                program: 'worker',
                readOnlyRoot: true,
                environment: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', QUEUE: 'payments-dev' },
              },
              52,
              { role: taskRole('payments-worker') },
            ),
            tasks: [
              { idPrefix: '31d9e7b8', ageMinutes: 6 * 60 + 9, agents: readOnlyRoot },
              { idPrefix: 'e5520c4d', ageMinutes: 6 * 60 + 9, agents: readOnlyRoot },
            ],
          },
        ],
      },
    ],
  },
]
