import { beforeEach, describe, expect, it } from 'vitest'
import { AwsError } from '../../../../src/sandbox/services/http/aws-error.ts'
import { type DeviceGrant, DeviceGrants } from '../../../../src/sandbox/services/sign-in/device-grants.ts'
import { ManualClock } from '../message-gateway/manual-clock.ts'

let clock: ManualClock
let grants: DeviceGrants
let grant: DeviceGrant

beforeEach(() => {
  clock = new ManualClock()
  grants = new DeviceGrants(clock)
  grant = grants.start('client')
})

/** What the client hears when it polls: the user's name, or the `error` of the refusal. */
function poll(): unknown {
  try {
    return grants.redeem(grant.deviceCode, 'client')
  } catch (thrown) {
    return thrown instanceof AwsError ? thrown.members.error : thrown
  }
}

describe('a device code', () => {
  it('is pending until somebody allows it, and then works once', () => {
    expect(poll()).toBe('authorization_pending')
    grant.decision = { allowed: true, userName: 'ana' }
    clock.advance(1000)
    expect(poll()).toBe('ana')
    expect(poll()).toBe('invalid_grant')
  })

  it('makes a client that polls too fast slow down by five seconds each time', () => {
    expect(poll()).toBe('authorization_pending')
    clock.advance(100)
    expect(poll()).toBe('slow_down')
    clock.advance(1000)
    expect(poll()).toBe('slow_down')
    clock.advance(11_000)
    expect(poll()).toBe('authorization_pending')
  })

  it('is refused when denied, expired or of another client', () => {
    grant.decision = { allowed: false }
    expect(poll()).toBe('access_denied')
    grant = grants.start('other client')
    expect(poll()).toBe('invalid_grant')
    grant = grants.start('client')
    clock.advance(600_000)
    expect(poll()).toBe('expired_token')
  })

  it('is found by the code a person types, in any case and without the dash', () => {
    expect(grants.pending(grant.userCode.toLowerCase().replace('-', ' '))).toBe(grant)
    grant.decision = { allowed: false }
    expect(grants.pending(grant.userCode)).toBeUndefined()
  })
})
