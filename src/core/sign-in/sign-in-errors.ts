import { type ErrorCode, PortholeError } from '../../contract/errors.ts'
import { OAuthRefusal } from './oidc-client.ts'

const refusals: Record<string, { code: ErrorCode; message: string; action: string }> = {
  access_denied: {
    code: 'SIGN_IN_REFUSED',
    message: 'The sign-in was refused in the browser.',
    action: 'Sign in again and allow access.',
  },
  expired_token: {
    code: 'SIGN_IN_EXPIRED',
    message: 'The code was not confirmed in time.',
    action: 'Sign in again.',
  },
  slow_down: {
    code: 'THROTTLED',
    message: 'IAM Identity Center is limiting how often it may be asked.',
    action: 'Wait a moment, then try again.',
  },
}

/** A refusal of this moment, not of the sign-in. */
export function isPassing({ error }: OAuthRefusal): boolean {
  return error === 'slow_down' || error === 'authorization_pending'
}

/** The error of a sign-in that ended with an answer of the OAuth protocol; other errors stay as they are. */
export function toSignInError(thrown: unknown): unknown {
  if (!(thrown instanceof OAuthRefusal)) return thrown
  const known = refusals[thrown.error] ?? {
    code: 'SIGN_IN_FAILED',
    message: 'IAM Identity Center did not complete the sign-in.',
    action: 'Sign in again. If it stays, check the start URL and its Region.',
  }
  const detail =
    thrown.message === thrown.error ? thrown.error : `${thrown.error}: ${thrown.message.slice(0, 500)}`
  return new PortholeError({ ...known, detail, retryable: isPassing(thrown) }, { cause: thrown })
}

export function cancelled(): PortholeError {
  return new PortholeError({
    code: 'SIGN_IN_CANCELLED',
    message: 'The sign-in was cancelled.',
    action: 'Sign in again when you are ready.',
  })
}

export function timedOut(): PortholeError {
  return new PortholeError({
    code: 'SIGN_IN_EXPIRED',
    message: 'The sign-in was not completed in time.',
    action: 'Sign in again.',
  })
}

/** @param why which part of it is over, for those who want to know */
export function sessionEnded(name: string, why?: string): PortholeError {
  return new PortholeError({
    code: 'SSO_EXPIRED',
    message: `The sign-in "${name}" has ended.`,
    ...(why && { detail: why }),
    action: 'Sign in again.',
  })
}

export function notSignedIn(name: string): PortholeError {
  return new PortholeError({
    code: 'SSO_NOT_SIGNED_IN',
    message: `Nobody is signed in to "${name}".`,
    action: 'Sign in.',
  })
}
