import type { DiagnosticRow } from '../../../contract/diagnostics.ts'
import { toErrorValue } from '../../../contract/errors.ts'
import type { IdentityList } from '../../../contract/identity.ts'
import { type AwsService, awsServices, type EndpointFinder } from '../../aws/endpoints.ts'
import type { Network } from '../../network/network.ts'
import { describeProxy } from '../../network/proxy-choice.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'

export interface EndpointsPartDependencies {
  endpoints: EndpointFinder
  network: Pick<Network, 'proxyFor'>
  identities: () => Promise<IdentityList>
  /** Where one would look first. */
  defaultRegion: () => string | undefined
}

const serviceWords: Record<AwsService, string> = {
  'sso-oidc': 'Identity Center, signing in',
  sso: 'Identity Center, accounts and roles',
  signin: 'aws login',
  sts: 'STS',
  ecs: 'ECS',
  ssm: 'Systems Manager',
  kms: 'KMS',
  iam: 'IAM',
  ec2: 'EC2',
  elb: 'Elastic Load Balancing',
  logs: 'CloudWatch Logs',
  cloudtrail: 'CloudTrail',
  s3: 'S3',
}

/** Nothing says otherwise: where AWS's own tools begin. */
const regionWithoutConfiguration = 'us-east-1'

/** Where each service is, who said so, and how it is reached. */
export function endpointsPart(dependencies: EndpointsPartDependencies): DiagnosticsPart {
  const { endpoints, network, identities, defaultRegion } = dependencies

  async function row(service: AwsService, region: string): Promise<DiagnosticRow> {
    const label = `${serviceWords[service]}, ${region}`
    try {
      const { url, source, isOwnHost } = await endpoints.find(service, region)
      const choice = network.proxyFor(url)
      const way = choice.proxy
        ? `through ${describeProxy(choice.proxy)} by ${choice.source}`
        : `directly: ${choice.reason}`
      return {
        label,
        value: url.href.replace(/\/$/, ''),
        note: `${source}; ${way}`,
        ...(isOwnHost ? {} : { tone: 'warn' as const }),
      }
    } catch (thrown) {
      return { label, value: toErrorValue(thrown).message, tone: 'bad' }
    }
  }

  return {
    title: 'Endpoints',
    async rows(question) {
      const { identities: all } = await identities().catch(() => ({ identities: [] }))
      const center = all.find(({ kind, state }) => kind === 'identity-center' && state !== 'signed-out')
      const region = question.region ?? defaultRegion() ?? regionWithoutConfiguration
      return Promise.all(
        awsServices.map((service) =>
          row(service, service.startsWith('sso') ? (center?.ssoRegion ?? region) : region),
        ),
      )
    },
  }
}
