import type { Clock } from '../clock.ts'
import { newUserCode, randomToken } from '../identifiers.ts'
import { oidcError } from './oidc-errors.ts'

/** Ten minutes and one second, as in a live answer (aws-cli issue 6212). */
const deviceCodeSeconds = 600
const firstIntervalSeconds = 1
/** What RFC 8628 (3.5) adds to the interval at each slow_down. */
const slowDownSeconds = 5
/** Timers of a client that polls on the second fire a little early or late. */
const intervalTolerance = 250

export interface DeviceGrant {
  clientId: string
  deviceCode: string
  userCode: string
  expiresAt: number
  intervalSeconds: number
  /** When the client asked last; it may not ask again within the interval. */
  lastPollAt: number | undefined
  decision: { allowed: true; userName: string } | { allowed: false } | undefined
}

/** The device authorization grant (RFC 8628). */
export class DeviceGrants {
  readonly #byDeviceCode = new Map<string, DeviceGrant>()
  readonly #clock: Clock
  readonly expiresIn = deviceCodeSeconds

  constructor(clock: Clock) {
    this.#clock = clock
  }

  start(clientId: string): DeviceGrant {
    const grant: DeviceGrant = {
      clientId,
      deviceCode: randomToken(48),
      userCode: newUserCode(),
      expiresAt: this.#clock.now() + deviceCodeSeconds * 1000,
      intervalSeconds: firstIntervalSeconds,
      lastPollAt: undefined,
      decision: undefined,
    }
    this.#byDeviceCode.set(grant.deviceCode, grant)
    return grant
  }

  /** The grant a person is asked about; undefined when unknown, expired or decided. Case and dashes do not count. */
  pending(userCode: string): DeviceGrant | undefined {
    const wanted = plainCode(userCode)
    return [...this.#byDeviceCode.values()].find(
      (grant) =>
        plainCode(grant.userCode) === wanted &&
        grant.decision === undefined &&
        grant.expiresAt > this.#clock.now(),
    )
  }

  /** As `pending`, for a grant whose code the person has already seen. */
  pendingByDeviceCode(deviceCode: string): DeviceGrant | undefined {
    const grant = this.#byDeviceCode.get(deviceCode)
    return grant && this.pending(grant.userCode)
  }

  /**
   * One poll of the client: the name of the user who allowed it. Uses the code up.
   * @throws {AwsError} AuthorizationPending, SlowDown, ExpiredToken, AccessDenied, InvalidGrant
   */
  redeem(deviceCode: string, clientId: string): string {
    const grant = this.#byDeviceCode.get(deviceCode)
    if (grant?.clientId !== clientId) throw oidcError('InvalidGrantException', 'Invalid device code provided')
    const now = this.#clock.now()
    if (grant.expiresAt <= now) throw oidcError('ExpiredTokenException', 'Device code has expired')
    this.#checkPace(grant, now)
    if (grant.decision === undefined) {
      throw oidcError('AuthorizationPendingException', 'Authorization is still pending')
    }
    this.#byDeviceCode.delete(deviceCode)
    if (!grant.decision.allowed) throw oidcError('AccessDeniedException', 'The request was denied')
    return grant.decision.userName
  }

  #checkPace(grant: DeviceGrant, now: number): void {
    const earliest = (grant.lastPollAt ?? Number.NEGATIVE_INFINITY) + grant.intervalSeconds * 1000
    grant.lastPollAt = now
    if (now >= earliest - intervalTolerance) return
    grant.intervalSeconds += slowDownSeconds
    throw oidcError('SlowDownException', 'Polling too fast')
  }
}

function plainCode(code: string): string {
  return code.replace(/[^a-z]/gi, '').toUpperCase()
}
