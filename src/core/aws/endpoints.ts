import type { AwsConfig, ConfigSection } from './config-file.ts'
import { iamHost } from './iam-endpoint.ts'
import { requireSafeUrl } from './loopback.ts'
import { partitionOf } from './partitions.ts'
import type { EnvironmentVariables } from './paths.ts'
import { activeProfile, findSetting, isOn, type SourcedValue } from './profile-settings.ts'

/**
 * The services we call. `configKey` is the SDK's service id in lower case with
 * `_`, as used in `[services]` blocks and (upper case) `AWS_ENDPOINT_URL_<ID>`.
 */
const services = {
  'sso-oidc': { configKey: 'sso_oidc', host: 'oidc' },
  sso: { configKey: 'sso', host: 'portal.sso' },
  sts: { configKey: 'sts', host: 'sts' },
  ecs: { configKey: 'ecs', host: 'ecs' },
  ssm: { configKey: 'ssm', host: 'ssm' },
  kms: { configKey: 'kms', host: 'kms' },
  logs: { configKey: 'cloudwatch_logs', host: 'logs' },
  iam: { configKey: 'iam', host: 'iam' },
  ec2: { configKey: 'ec2', host: 'ec2' },
  elb: { configKey: 'elastic_load_balancing_v2', host: 'elasticloadbalancing' },
  cloudtrail: { configKey: 'cloudtrail', host: 'cloudtrail' },
  s3: { configKey: 's3', host: 's3' },
  signin: { configKey: 'signin', host: 'signin' },
} as const

export type AwsService = keyof typeof services

export const awsServices = Object.keys(services) as AwsService[]

/** The one place that says where a service is. The SDK never finds out by itself. */
export interface Endpoints {
  /**
   * @param profileName of the identity that calls; without one AWS_PROFILE or "default"
   * @throws {PortholeError} CONFIG_INVALID, INVALID_REQUEST (no Region, no URL),
   * ENDPOINT_REFUSED (plain http to another computer)
   */
  url(service: AwsService, region: string, profileName?: string): Promise<URL>
}

/** Where a service is and why there, for people who wonder. */
export interface EndpointFinder extends Endpoints {
  /** @throws {PortholeError} as `url` */
  find(service: AwsService, region: string, profileName?: string): Promise<FoundEndpoint>
}

export interface FoundEndpoint {
  url: URL
  /** What decided: a variable, a key of the config file, or the partition whose own host it is. */
  source: string
  /** AWS's own host for the Region, as opposed to one that somebody configured. */
  isOwnHost: boolean
}

export interface EndpointsDependencies {
  environment: EnvironmentVariables
  config: () => Promise<AwsConfig>
  /** Goes before everything else, for all services: `--endpoint-url`, as the CLI has it. */
  explicitUrl?: string | undefined
}

/**
 * Order, as in the AWS SDKs and Tools guide ("Service-specific endpoints"): the
 * explicit URL, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's
 * `services` section, the profile's `endpoint_url`, the partition's own host.
 * SDK clients look into a profile only when AWS_PROFILE is set, so they are
 * always given the answer from here.
 */
export function createEndpoints({ environment, config, explicitUrl }: EndpointsDependencies): EndpointFinder {
  async function find(service: AwsService, region: string, profileName?: string): Promise<FoundEndpoint> {
    const override = explicitUrl
      ? { value: explicitUrl, source: '--endpoint-url' }
      : (endpointFromVariables(environment, service) ??
        endpointFromConfig(await config(), environment, service, profileName))
    if (override)
      return {
        url: requireSafeUrl(override.value, override.source),
        source: override.source,
        isOwnHost: false,
      }
    return ownHost(service, region, environment, activeProfile(await config(), environment, profileName))
  }
  return { find, url: async (...call) => (await find(...call)).url }
}

const ignoring = {
  variable: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  key: 'ignore_configured_endpoint_urls',
}
const fipsWish = { variable: 'AWS_USE_FIPS_ENDPOINT', key: 'use_fips_endpoint' }
const dualStackWish = { variable: 'AWS_USE_DUALSTACK_ENDPOINT', key: 'use_dualstack_endpoint' }

function endpointFromVariables(
  environment: EnvironmentVariables,
  service: AwsService,
): SourcedValue | undefined {
  if (isOn(findSetting(ignoring, environment, undefined))) return undefined
  const suffix = services[service].configKey.toUpperCase()
  for (const source of [`AWS_ENDPOINT_URL_${suffix}`, 'AWS_ENDPOINT_URL']) {
    const value = environment[source]
    if (value) return { value, source }
  }
  return undefined
}

function endpointFromConfig(
  config: AwsConfig,
  environment: EnvironmentVariables,
  service: AwsService,
  profileName: string | undefined,
): SourcedValue | undefined {
  const profile = activeProfile(config, environment, profileName)
  if (!profile || isOn(findSetting(ignoring, environment, profile))) return undefined
  const { configKey } = services[service]
  const servicesName = profile.values.get('services')
  const own = servicesName
    ? config.section('services', servicesName)?.nested.get(configKey)?.get('endpoint_url')
    : undefined
  if (own) return { value: own, source: `endpoint_url of ${configKey} in [services ${servicesName}]` }
  const shared = profile.values.get('endpoint_url')
  return shared ? { value: shared, source: `endpoint_url of profile ${profile.name}` } : undefined
}

/**
 * AWS's own host, with FIPS 140 cryptography or IPv6 when that is asked for.
 * Held to the rule sets inside the AWS SDK for JavaScript by a test.
 */
function ownHost(
  service: AwsService,
  region: string,
  environment: EnvironmentVariables,
  profile: ConfigSection | undefined,
): FoundEndpoint {
  const partition = partitionOf(region)
  if (service === 'signin') return signInHost(region, partition.id, partition.dnsSuffix)
  const fips = findSetting(fipsWish, environment, profile)
  const dualStack = findSetting(dualStackWish, environment, profile)
  const wishes = [fips, dualStack].flatMap((wish) => (wish && isOn(wish) ? [wish.source] : []))
  const source = [`partition ${partition.id}`, ...wishes].join(', ')
  if (service === 'iam') {
    const host = iamHost(partition, isOn(fips), isOn(dualStack))
    return { url: new URL(`https://${host}`), source, isOwnHost: true }
  }
  if (service === 's3') {
    // The one service whose dual-stack names are older than the suffix of the others.
    const names = ['s3', isOn(fips) && '-fips', isOn(dualStack) && '.dualstack'].filter(Boolean).join('')
    return { url: new URL(`https://${names}.${region}.${partition.dnsSuffix}`), source, isOwnHost: true }
  }
  const label = `${services[service].host}${needsFipsName(service, partition.id, isOn(fips), isOn(dualStack)) ? '-fips' : ''}`
  const suffix = isOn(dualStack) ? partition.dualStackDnsSuffix : partition.dnsSuffix
  return {
    url: new URL(`https://${label}.${region}.${suffix}`),
    source,
    isOwnHost: true,
  }
}

/** Console sign-in has names of its own in each partition; of the closed ones none is known. */
const signInSuffixes: Record<string, string> = {
  aws: 'signin.aws.amazon.com',
  'aws-cn': 'signin.amazonaws.cn',
  'aws-us-gov': 'signin.amazonaws-us-gov.com',
  'aws-eusc': 'signin.amazonaws-eusc.eu',
}

function signInHost(region: string, partitionId: string, dnsSuffix: string): FoundEndpoint {
  const suffix = signInSuffixes[partitionId] ?? `signin.${dnsSuffix}`
  return { url: new URL(`https://${region}.${suffix}`), source: `partition ${partitionId}`, isOwnHost: true }
}

/** Under these names the endpoints of GovCloud are not FIPS ones as they are. */
const fipsNamesInGovCloud: ReadonlySet<AwsService> = new Set(['ecs', 'kms'])

function needsFipsName(service: AwsService, partitionId: string, fips: boolean, dualStack: boolean): boolean {
  if (!fips) return false
  return partitionId !== 'aws-us-gov' || dualStack || fipsNamesInGovCloud.has(service)
}
