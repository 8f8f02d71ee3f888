import { type Clock, systemClock } from '../clock.ts'
import type { Network } from '../network/network.ts'
import { type ClockDifference, createClockDifference } from './clock-difference.ts'
import type { AwsService, Endpoints } from './endpoints.ts'
import { iamRegion } from './iam-endpoint.ts'
import { createRequestHandler, type RequestHandler } from './request-handler.ts'

/** How every SDK client of the app reaches AWS: one HTTP handler, explicit endpoints, no look-ups of its own. */
export interface AwsConnection extends Disposable {
  readonly endpoints: Endpoints
  readonly requestHandler: RequestHandler
  readonly clockDifference: ClockDifference
  /**
   * @param profileName of the identity that calls, when a profile is one
   * @throws {PortholeError} as `Endpoints.url` does
   */
  clientOptions(service: AwsService, region: string, profileName?: string): Promise<AwsClientOptions>
}

/** What all SDK clients are built with; credentials are added where they apply. */
export interface AwsClientOptions {
  endpoint: string
  region: string
  requestHandler: RequestHandler
  maxAttempts: number
  retryMode: 'standard'
  defaultsMode: 'standard'
  customUserAgent: [string, string][]
  userAgentAppId: string
  useFipsEndpoint: false
  useDualstackEndpoint: false
}

/** The SDK's default, named because `clientOptions` turns its config file look-up off. */
const mostAttempts = 3

export function createAwsConnection({
  endpoints,
  version,
  network,
  clock = systemClock,
}: {
  endpoints: Endpoints
  /** Version of the app, for the user agent. */
  version: string
  /** Proxy and certificate authorities; without it connections are direct and trust what Node trusts. */
  network?: Pick<Network, 'agents'>
  clock?: Pick<Clock, 'now'>
}): AwsConnection {
  const clockDifference = createClockDifference(clock)
  const requestHandler = createRequestHandler({ network, clock, onAnswer: clockDifference.observe })

  return {
    endpoints,
    requestHandler,
    clockDifference,
    async clientOptions(service, region, profileName) {
      const endpoint = await endpoints.url(service, region, profileName)
      return {
        endpoint: endpoint.href,
        region: service === 'iam' ? iamRegion(region) : region,
        requestHandler,
        maxAttempts: mostAttempts,
        // Given explicitly, or the SDK would read the config file a second time, with rules of its own.
        retryMode: 'standard',
        defaultsMode: 'standard',
        customUserAgent: [['porthole', version]],
        userAgentAppId: 'porthole',
        useFipsEndpoint: false,
        useDualstackEndpoint: false,
      }
    },
    [Symbol.dispose]() {
      requestHandler[Symbol.dispose]()
      clockDifference[Symbol.dispose]()
    },
  }
}
