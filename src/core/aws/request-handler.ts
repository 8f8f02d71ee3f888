import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { type Clock, systemClock } from '../clock.ts'
import type { Network } from '../network/network.ts'
import { decompress } from './decompression.ts'

/** What SDK clients send with. They share one, so none of them may change or end it: its maker disposes it. */
export type RequestHandler = Pick<
  NodeHttpHandler,
  'metadata' | 'handle' | 'updateHttpClientConfig' | 'httpHandlerConfigs' | 'destroy'
> &
  Disposable

export interface RequestHandlerDependencies {
  /** Proxy and certificate authorities; without it connections are direct and trust what Node trusts. */
  network?: Pick<Network, 'agents'> | undefined
  clock?: Pick<Clock, 'now'>
  /** Told the Date header of every answer and between which local times it was written. */
  onAnswer?: (date: string | undefined, sentAt: number, receivedAt: number) => void
}

/** The slowest call we make (DescribeTasks of 100) answers in 2 to 3 s; this leaves room for a bad line. */
const requestTimeoutMilliseconds = 20_000

export function createRequestHandler({
  network,
  clock = systemClock,
  onAnswer,
}: RequestHandlerDependencies): RequestHandler {
  let handler: Promise<NodeHttpHandler> | undefined
  const nothing = () => {}
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, options) {
      handler ??= createHandler(network)
      const sentAt = clock.now()
      const answer = await (await handler).handle(request, options)
      onAnswer?.(answer.response.headers.date, sentAt, clock.now())
      return decompress(answer)
    },
    updateHttpClientConfig: nothing,
    httpHandlerConfigs: () => ({}),
    destroy: nothing,
    [Symbol.dispose]: () => void handler?.then((created) => created.destroy()),
  }
}

/** Loaded on first use, with the first SDK client. How long a connection may take is the agents' affair. */
async function createHandler(network: Pick<Network, 'agents'> | undefined): Promise<NodeHttpHandler> {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler')
  return new NodeHttpHandler({
    requestTimeout: requestTimeoutMilliseconds,
    throwOnRequestTimeout: true,
    ...(network ? { httpAgent: network.agents.http, httpsAgent: network.agents.https } : {}),
  })
}
