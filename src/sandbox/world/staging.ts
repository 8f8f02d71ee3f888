import { api, postgresTools, single, storefront } from './task-definitions.ts'
import type { RegionDescription } from './world-types.ts'

const registry = '444455556666.dkr.ecr.eu-west-1.amazonaws.com'
const hour = 60
const day = 24 * hour

/** A smaller copy of production. Nobody configured exec logging here, so AWS falls back to the task's own logs. */
export const staging: readonly RegionDescription[] = [
  {
    name: 'eu-west-1',
    clusters: [
      {
        name: 'web',
        tags: { environment: 'staging', team: 'platform' },
        services: [
          {
            name: 'storefront',
            desiredCount: 2,
            execEnabled: true,
            definition: storefront(registry, 211, '2026.11.18-2'),
            tags: { environment: 'staging', owner: 'shop' },
            tasks: [
              { idPrefix: 'a93e60f1', ageMinutes: 4 * hour, privateIp: '10.1.7.203' },
              { ageMinutes: 4 * hour },
            ],
          },
          {
            name: 'checkout',
            desiredCount: 2,
            execEnabled: true,
            definition: api('checkout', `${registry}/checkout:2026.11.17-1`, 102),
            tasks: [{ ageMinutes: day }, { ageMinutes: day }],
          },
          {
            name: 'image-proxy',
            desiredCount: 1,
            execEnabled: false,
            definition: single(
              'image-proxy',
              { name: 'imgproxy', image: 'darthsim/imgproxy:v3.27', program: 'api' },
              33,
            ),
            tasks: [{ ageMinutes: 13 * day }],
          },
          {
            name: 'search',
            desiredCount: 2,
            execEnabled: true,
            definition: api('search', `${registry}/search:8.3.0-rc1`, 61),
            tasks: [{ ageMinutes: 2 * day }, { ageMinutes: 2 * day }],
          },
          {
            name: 'account',
            desiredCount: 1,
            execEnabled: true,
            definition: api('account', `${registry}/account:3.10.0-rc2`, 47),
            tasks: [{ ageMinutes: 7 * day }],
          },
        ],
        standalone: [
          {
            startedBy: 'lena',
            execEnabled: true,
            ageMinutes: 50,
            definition: postgresTools(registry),
          },
        ],
      },
    ],
    pastSessions: [
      {
        user: 'lena',
        permissionSet: 'PlatformEngineer',
        cluster: 'web',
        service: 'storefront',
        task: 0,
        container: 'nginx',
        command: '/bin/sh',
        minutesAgo: 3 * hour + 10,
        lastedMinutes: 18,
        sourceIp: '198.51.100.7',
        userAgent: 'aws-cli/2.36.7 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7',
        transcript: `# grep -rn proxy_read /etc/nginx
/etc/nginx/conf.d/default.conf:9:        proxy_read_timeout 10s;
# exit
`,
      },
    ],
  },
]
