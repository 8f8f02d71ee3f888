import type { SignInFlow } from '../../contract/identity.ts'
import type { GrantedToken, Registration } from './oidc-client.ts'

/** The ways that lead through a page of Identity Center. */
export type BrowserFlow = Exclude<SignInFlow, 'profile'>

/** A sign-in that has begun: somebody has to open `url` and agree. */
export interface BegunFlow extends AsyncDisposable {
  url: string
  verificationUrl?: string
  userCode?: string
  lifetimeMilliseconds: number
  /**
   * Waits for the decision and hands the token to `accept`.
   *
   * @throws {OAuthRefusal | PortholeError}, or the signal's reason
   */
  finish(signal: AbortSignal, accept: AcceptToken): Promise<void>
}

export type AcceptToken = (token: GrantedToken, registration: Registration) => Promise<void>
