import type { Cluster } from '../../contract/catalog.ts'
import type { ErrorCode, ErrorValue } from '../../contract/errors.ts'

/** A deployment or a replaced task: people are watching it happen. */
export const changingPollMilliseconds = 5_000
/** Nothing moves: new tasks still show up before one wonders where they are. */
export const steadyPollMilliseconds = 15_000
/** Nothing may be read here, and permissions rarely change: asking often only fills CloudTrail. */
const refusedPollMilliseconds = 60_000
/** Where back-off ends: short enough to be back soon after the network is. */
const longestPollMilliseconds = 120_000
/** Keeps many scopes, and many people's apps, from asking in step. */
const jitterShare = 0.2

/**
 * How long to wait until the next look at a scope, in milliseconds.
 *
 * @param failures rounds in a row in which AWS throttled us or could not be reached
 * @param random 0 to 1
 */
export function pollDelay(
  round: { isMoving: boolean; error?: ErrorValue; failures: number },
  random: number,
): number {
  const wait = Math.min(baseDelay(round) * 2 ** round.failures, longestPollMilliseconds)
  return wait * (1 - jitterShare + 2 * jitterShare * random)
}

function baseDelay({ isMoving, error }: { isMoving: boolean; error?: ErrorValue }): number {
  if (error?.code === 'ACCESS_DENIED') return refusedPollMilliseconds
  return isMoving ? changingPollMilliseconds : steadyPollMilliseconds
}

/** Something in it is on its way to another state. */
export function isChanging({ services, tasks }: Pick<Cluster, 'services' | 'tasks'>): boolean {
  return (
    services.some(
      ({ runningCount, desiredCount, pendingCount, rolloutState }) =>
        runningCount !== desiredCount || pendingCount > 0 || rolloutState === 'IN_PROGRESS',
    ) ||
    tasks.some(
      ({ status, desiredStatus, containers }) =>
        status !== desiredStatus || containers.some(({ execAgent }) => execAgent === 'PENDING'),
    )
  )
}

/** Failures that asking less often helps against. */
const backOffCodes: ReadonlySet<ErrorCode> = new Set([
  'THROTTLED',
  'NETWORK',
  'HOST_NOT_FOUND',
  'PROXY_FAILED',
  'CERTIFICATE_UNTRUSTED',
])

export function asksForBackOff(error: ErrorValue): boolean {
  return backOffCodes.has(error.code)
}
