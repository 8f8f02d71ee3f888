import type { SSO } from '@aws-sdk/client-sso'
import PQueue from 'p-queue'
import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import { createRegionalClients } from '../aws/regional-clients.ts'
import { type Clock, sleep } from '../clock.ts'
import type { AccessTokens } from './access-tokens.ts'
import { sessionEnded } from './sign-in-errors.ts'
import type { SsoSession } from './sso-session.ts'

/** The access portal's API, asked with a session's access token and no faster than it allows. */
export interface Portal extends Disposable {
  /** @throws {PortholeError} SSO_EXPIRED, SSO_NOT_SIGNED_IN, ACCESS_DENIED, THROTTLED, NETWORK, ... */
  call<Answer>(session: SsoSession, what: PortalCall, use: UsePortal<Answer>): Promise<Answer>
  /** Ends the portal session of this token. Nothing is retried. */
  logout(region: string, accessToken: string): Promise<void>
}

export interface PortalCall {
  action: string
  resource?: string
  roleName?: string
  /** Somebody waits for a shell: goes before the lists. */
  urgent?: boolean
}

type UsePortal<Answer> = (sso: SSO, accessToken: string) => Promise<Answer>

/**
 * AWS publishes no rate for these calls. Five a second and four at once are what
 * other clients settled on after being throttled (Leapp: 5/s; aws-sso-cli: 5 threads).
 */
const callsPerSecond = 5
const callsAtOnce = 4

/** About 25 s in all with the waits below: a burst from another tool is over by then. */
const throttledAttempts = 8
/** A lost connection or a 5xx: what the SDK itself would try. */
const otherAttempts = 3
const firstWaitMilliseconds = 500
const longestWaitMilliseconds = 5_000

export function createPortal({
  connection,
  accessTokens,
  clock,
  random,
}: {
  connection: AwsConnection
  accessTokens: AccessTokens
  clock: Clock
  /** 0 to 1, for jitter. */
  random: () => number
}): Portal {
  const clients = createRegionalClients(make)
  const queues = new Map<string, PQueue>()
  const disposed = new AbortController()

  async function make(region: string): Promise<SSO> {
    const options = await connection.clientOptions('sso', region)
    const { SSO } = await import('@aws-sdk/client-sso')
    // Retries are ours: they have to know about the queue and about a token that was refused.
    return new SSO({ ...options, maxAttempts: 1 })
  }

  function queueOf({ name }: SsoSession): PQueue {
    const queue =
      queues.get(name) ??
      new PQueue({ concurrency: callsAtOnce, interval: 1000, intervalCap: callsPerSecond })
    queues.set(name, queue)
    return queue
  }

  async function once<Answer>(
    session: SsoSession,
    what: PortalCall,
    use: UsePortal<Answer>,
  ): Promise<Answer> {
    const accessToken = await accessTokens.accessToken(session)
    try {
      return await use(await clients.get(session.region), accessToken)
    } catch (error) {
      const clockDifference = connection.clockDifference.state().differenceMilliseconds
      const call = { ...what, action: `sso:${what.action}`, region: session.region, clockDifference }
      const value = toAwsError(error, call)
      if (value.value.code !== 'SSO_EXPIRED') throw value
      accessTokens.reject(accessToken)
      throw sessionEnded(session.name)
    }
  }

  /** A refused token is replaced when it can be: then the same call works with the new one. */
  async function withFreshToken<Answer>(session: SsoSession, what: PortalCall, use: UsePortal<Answer>) {
    try {
      return await once(session, what, use)
    } catch (error) {
      const refusedToken = error instanceof PortholeError && error.value.code === 'SSO_EXPIRED'
      if (!refusedToken || (await accessTokens.standing(session)).state !== 'refreshable') throw error
      return once(session, what, use)
    }
  }

  async function withBackOff<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt >= attemptsFor(error)) throw error
        const wait = Math.min(firstWaitMilliseconds * 2 ** (attempt - 1), longestWaitMilliseconds)
        await sleep(clock, wait * (0.5 + random() / 2), disposed.signal)
      }
    }
  }

  return {
    call(session, what, use) {
      const work = () => withBackOff(() => withFreshToken(session, what, use))
      return queueOf(session).add(work, { priority: what.urgent ? 1 : 0 })
    },
    async logout(region, accessToken) {
      const sso = await clients.get(region)
      await sso.logout({ accessToken })
    },
    [Symbol.dispose]() {
      disposed.abort(new Error('The app is closing.'))
      for (const queue of queues.values()) queue.clear()
      queues.clear()
      clients[Symbol.dispose]()
    },
  }
}

function attemptsFor(error: unknown): number {
  if (!(error instanceof PortholeError) || !error.value.retryable) return 1
  return error.value.code === 'THROTTLED' ? throttledAttempts : otherAttempts
}
