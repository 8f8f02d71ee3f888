import type { AwsConfig, ConfigSection } from './config-file.ts'
import { requireSafeUrl } from './loopback.ts'
import { partitionOf } from './partitions.ts'
import type { EnvironmentVariables } from './paths.ts'

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
  cloudtrail: { configKey: 'cloudtrail', host: 'cloudtrail' },
} as const

export type AwsService = keyof typeof services

/** The one place that says where a service is. The SDK never finds out by itself. */
export interface Endpoints {
  /**
   * @throws {PortholeError} CONFIG_INVALID, INVALID_REQUEST (no Region, no URL),
   * ENDPOINT_REFUSED (plain http to another computer)
   */
  url(service: AwsService, region: string): Promise<URL>
}

export interface EndpointsDependencies {
  environment: EnvironmentVariables
  config: () => Promise<AwsConfig>
}

/**
 * Order, as in the AWS SDKs and Tools guide ("Service-specific endpoints"):
 * `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's `services`
 * section, the profile's `endpoint_url`, the partition's own host. The profile
 * is AWS_PROFILE or "default": SDK clients look there only when the variable is
 * set, so they are always given the answer from here.
 */
export function createEndpoints({ environment, config }: EndpointsDependencies): Endpoints {
  return {
    async url(service, region) {
      const { configKey, host } = services[service]
      const override =
        endpointFromVariables(environment, configKey) ??
        endpointFromConfig(await config(), environment, configKey)
      if (override) return requireSafeUrl(override.url, override.source)
      return new URL(`https://${host}.${region}.${partitionOf(region).dnsSuffix}`)
    },
  }
}

interface EndpointOverride {
  url: string
  /** Where it was set, to name it in an error. */
  source: string
}

function endpointFromVariables(
  environment: EnvironmentVariables,
  configKey: string,
): EndpointOverride | undefined {
  if (isTrue(environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return undefined
  for (const source of [`AWS_ENDPOINT_URL_${configKey.toUpperCase()}`, 'AWS_ENDPOINT_URL']) {
    const url = environment[source]
    if (url) return { url, source }
  }
  return undefined
}

function endpointFromConfig(
  config: AwsConfig,
  environment: EnvironmentVariables,
  configKey: string,
): EndpointOverride | undefined {
  const profile = config.section('profile', environment.AWS_PROFILE || 'default')
  if (!profile || ignoresEndpoints(profile, environment)) return undefined
  const servicesName = profile.values.get('services')
  const own = servicesName
    ? config.section('services', servicesName)?.nested.get(configKey)?.get('endpoint_url')
    : undefined
  if (own) return { url: own, source: `endpoint_url of ${configKey} in [services ${servicesName}]` }
  const shared = profile.values.get('endpoint_url')
  return shared ? { url: shared, source: `endpoint_url of profile ${profile.name}` } : undefined
}

function ignoresEndpoints(profile: ConfigSection, environment: EnvironmentVariables): boolean {
  return isTrue(
    environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? profile.values.get('ignore_configured_endpoint_urls'),
  )
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
