import { correctedClock } from '../aws/clock-difference.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { CreateWebSocket } from '../data-channel/channel-socket.ts'
import { DataChannelClient } from '../data-channel/data-channel-client.ts'
import { type HttpFetch, kmsDataKeys } from '../data-channel/kms-data-key.ts'
import type { SessionControl } from '../data-channel/session-control.ts'
import type { DataChannelTiming } from '../data-channel/timing.ts'
import type { Engine, EngineRequest } from './engine.ts'
import { createRenewedCredentials } from './renewed-credentials.ts'

export interface BuiltInEngineDependencies {
  /** Builds the calls for one session, at its SSM endpoint and with its credentials. */
  ssm: (request: EngineRequest) => SessionControl
  clock?: Clock
  timing?: DataChannelTiming
  /** For the WebSocket through a proxy or with further certificate authorities. */
  createWebSocket?: CreateWebSocket
  /** For KMS, likewise. */
  fetch?: HttpFetch
}

/** The engine that needs no plugin: our own data-channel client. */
export function createBuiltInEngine(dependencies: BuiltInEngineDependencies): Engine {
  const ownClock = dependencies.clock ?? systemClock
  return {
    name: 'built-in',
    tellsOfLine: true,
    start(request, events) {
      const clock = correctedClock(ownClock, { correction: () => request.clockCorrection ?? 0 })
      const credentials = createRenewedCredentials(request.credentials)
      const control = dependencies.ssm({ ...request, credentials: credentials.get })
      const client = new DataChannelClient(
        {
          sessionId: request.awsSessionId,
          grant: { streamUrl: request.streamUrl, tokenValue: request.tokenValue },
          target: request.target,
          region: request.region,
          size: request.size,
          credentials: credentials.get,
          credentialsRefused: credentials.refused,
          resume: () => control.resume(request.awsSessionId),
          terminate: () => control.terminate(request.awsSessionId),
          generateDataKey: kmsDataKeys({
            endpoint: request.kmsEndpoint,
            region: request.region,
            credentials: credentials.get,
            clock,
            fetch: dependencies.fetch ?? fetch,
          }),
          clock,
          timing: dependencies.timing,
          createWebSocket: dependencies.createWebSocket,
        },
        events,
      )
      client.start()
      return client
    },
  }
}
