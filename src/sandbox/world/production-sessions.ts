import type { RegionDescription } from './world-types.ts'

const hour = 60
const day = 24 * hour

/** Other people's sessions, newest first. Raj prefers the AWS CLI, Lena tried with a role that may not. */
export const pastSessions: RegionDescription['pastSessions'] = [
  {
    user: 'raj',
    permissionSet: 'PlatformEngineer',
    cluster: 'web',
    service: 'storefront',
    task: 0,
    container: 'nginx',
    command: '/bin/sh',
    minutesAgo: 5 * hour + 48,
    lastedMinutes: 11,
    sourceIp: '203.0.113.24',
    userAgent: 'aws-cli/2.36.7 md/awscrt#0.27.2 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.7',
    transcript: `# nginx -T 2>/dev/null | grep -n proxy_read
143:        proxy_read_timeout 30s;
171:        proxy_read_timeout 300s; # exports
# exit
`,
  },
  {
    user: 'lena',
    permissionSet: 'ReadOnly',
    cluster: 'web',
    service: 'storefront',
    task: 0,
    container: 'nginx',
    command: '/bin/sh',
    minutesAgo: day + 3 * hour + 36,
    refusal: { code: 'AccessDeniedException', action: 'ecs:ExecuteCommand' },
    sourceIp: '198.51.100.7',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36',
  },
  {
    user: 'raj',
    permissionSet: 'PlatformEngineer',
    cluster: 'web',
    service: 'storefront',
    task: 0,
    container: 'nginx',
    command: '/bin/sh',
    minutesAgo: day + 23 * hour + 15,
    lastedMinutes: 28,
    sourceIp: '203.0.113.24',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36',
    transcript: `# cat /etc/nginx/conf.d/default.conf | head -4
server {
    listen       80;
    server_name  storefront.example.com;
    root         /usr/share/nginx/html;
# ls -l /usr/share/nginx/html
total 8
-rw-r--r-- 1 root root  497 Nov 16 10:12 50x.html
-rw-r--r-- 1 root root 2214 Nov 16 10:12 index.html
# exit
`,
  },
  {
    user: 'lena',
    permissionSet: 'PlatformEngineer',
    cluster: 'web',
    service: 'checkout',
    task: 1,
    container: 'api',
    command: '/bin/bash',
    minutesAgo: 2 * day + 6 * hour,
    lastedMinutes: 4,
    sourceIp: '198.51.100.7',
    userAgent: 'aws-cli/2.36.7 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7',
    transcript: `root@ip-10-0-42-31:/# uptime
 09:12:44 up 3 days,  4:02,  0 users,  load average: 0.21, 0.18, 0.12
root@ip-10-0-42-31:/# exit
exit
`,
  },
  {
    // In a hurry, with a role that nobody should have: around ECS, and around what ECS logs.
    user: 'raj',
    permissionSet: 'AdministratorAccess',
    cluster: 'web',
    service: 'storefront',
    task: 1,
    container: 'nginx',
    command: 'sh',
    direct: true,
    minutesAgo: day + 2 * hour,
    lastedMinutes: 7,
    sourceIp: '203.0.113.24',
    userAgent: 'aws-cli/2.36.7 md/awscrt#0.27.2 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.7',
  },
  {
    user: 'raj',
    permissionSet: 'PlatformEngineer',
    cluster: 'data',
    service: 'warehouse-loader',
    task: 0,
    container: 'worker',
    command: '/bin/sh -c "df -h /scratch"',
    minutesAgo: 2 * day + 20 * hour,
    lastedMinutes: 1,
    sourceIp: '203.0.113.24',
    userAgent: 'aws-cli/2.36.7 md/awscrt#0.27.2 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.7',
    transcript: `Filesystem      Size  Used Avail Use% Mounted on
overlay          98G   61G   33G  66% /scratch
`,
  },
]
