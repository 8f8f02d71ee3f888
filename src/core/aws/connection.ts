import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { AwsService, Endpoints } from './endpoints.ts'

/** How every SDK client of the app reaches AWS: one HTTP handler, explicit endpoints, no look-ups of its own. */
export interface AwsConnection extends Disposable {
  readonly endpoints: Endpoints
  /** @throws {PortholeError} as `Endpoints.url` does */
  clientOptions(service: AwsService, region: string): Promise<AwsClientOptions>
}

/** What all SDK clients are built with; credentials are added where they apply. */
export interface AwsClientOptions {
  endpoint: string
  region: string
  requestHandler: SharedHandler
  maxAttempts: number
  retryMode: 'standard'
  defaultsMode: 'standard'
  customUserAgent: [string, string][]
  userAgentAppId: string
  useFipsEndpoint: false
  useDualstackEndpoint: false
}

type SharedHandler = Pick<
  NodeHttpHandler,
  'metadata' | 'handle' | 'updateHttpClientConfig' | 'httpHandlerConfigs' | 'destroy'
>

/** A reachable endpoint answers a TCP connect well within this; waiting longer only hides a dead proxy. */
const connectionTimeoutMilliseconds = 5_000
/** The slowest call we make (DescribeTasks of 100) answers in 2 to 3 s; this leaves room for a bad line. */
const requestTimeoutMilliseconds = 20_000
/** Above the catalog's own concurrency, so that a shell never waits for a socket behind a poll. */
const mostSockets = 50
/** The SDK's default, named because `clientOptions` turns its config file look-up off. */
const mostAttempts = 3

export function createAwsConnection({
  endpoints,
  version,
}: {
  endpoints: Endpoints
  /** Version of the app, for the user agent. */
  version: string
}): AwsConnection {
  let handler: Promise<NodeHttpHandler> | undefined

  return {
    endpoints,
    async clientOptions(service, region) {
      const endpoint = await endpoints.url(service, region)
      handler ??= createHandler()
      return {
        endpoint: endpoint.href,
        region,
        requestHandler: withoutDestroy(await handler),
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
      void handler?.then((created) => created.destroy())
    },
  }
}

async function createHandler(): Promise<NodeHttpHandler> {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler')
  return new NodeHttpHandler({
    connectionTimeout: connectionTimeoutMilliseconds,
    requestTimeout: requestTimeoutMilliseconds,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: mostSockets },
    httpsAgent: { keepAlive: true, maxSockets: mostSockets },
  })
}

/** `client.destroy()` destroys its handler; the sockets belong to all clients. */
function withoutDestroy(handler: NodeHttpHandler): SharedHandler {
  return {
    metadata: handler.metadata,
    handle: (request, options) => handler.handle(request, options),
    updateHttpClientConfig: (key, value) => handler.updateHttpClientConfig(key, value),
    httpHandlerConfigs: () => handler.httpHandlerConfigs(),
    destroy: () => {},
  }
}
