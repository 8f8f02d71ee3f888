import type { ApiInput } from '../http/api-input.ts'
import { AwsError } from '../http/aws-error.ts'
import { isOidcRefusal, type OidcRefusal, oidcError } from './oidc-errors.ts'

interface Refusal {
  /** Undefined for every grant. */
  grantType: string | undefined
  error: OidcRefusal
  remaining: number
}

/** What can be made to go wrong at Identity Center. Tests switch it on; nothing else does. */
export class SignInFaults {
  /** So many redirects back to the app carry a state that is not the app's. */
  #wrongStates = 0
  #refusals: Refusal[] = []
  #unauthorized: { operation: string | undefined; remaining: number }[] = []
  /** Most items in a page of the portal, whatever the client asks for. */
  pageSize: number | undefined
  /** Answers of OIDC and portal are compressed, as a gateway in between may do. */
  gzip = false

  /**
   * `{refuse?: {grantType?, error, count}, wrongState?: count, unauthorized?: {operation?, count},
   * pageSize?, gzip?}`; `error` is the name of an exception such as `SlowDownException`.
   * @throws {AwsError} SerializationException for an error that OIDC does not know
   */
  apply(input: ApiInput): void {
    const refuse = input.object('refuse')
    const unauthorized = input.object('unauthorized')
    if (refuse) {
      const error = refuse.string('error') ?? ''
      if (!isOidcRefusal(error)) throw new AwsError('SerializationException', `OIDC never answers ${error}.`)
      const remaining = refuse.integer('count') ?? 1
      this.#refusals.push({ grantType: refuse.string('grantType'), error, remaining })
    }
    if (unauthorized) {
      const remaining = unauthorized.integer('count') ?? 1
      this.#unauthorized.push({ operation: unauthorized.string('operation'), remaining })
    }
    this.#wrongStates = input.integer('wrongState') ?? this.#wrongStates
    this.pageSize = input.integer('pageSize') ?? this.pageSize
    this.gzip = input.boolean('gzip') ?? this.gzip
  }

  clear(): void {
    this.#wrongStates = 0
    this.#refusals = []
    this.#unauthorized = []
    this.pageSize = undefined
    this.gzip = false
  }

  /** @throws {AwsError} the refusal that is on for this grant */
  refuse(grantType: string): void {
    const refusal = this.#refusals.find(
      (each) => each.remaining > 0 && (each.grantType === undefined || each.grantType === grantType),
    )
    if (!refusal) return
    refusal.remaining -= 1
    throw oidcError(refusal.error, 'Refused because a test asked for it')
  }

  /** Whether this call of the portal is to be answered with 401. */
  takeUnauthorized(operation: string): boolean {
    const fault = this.#unauthorized.find(
      (each) => each.remaining > 0 && (each.operation === undefined || each.operation === operation),
    )
    if (fault) fault.remaining -= 1
    return fault !== undefined
  }

  /** The state to send back: the app's own unless it is to be a wrong one. */
  stateFor(state: string): string {
    if (this.#wrongStates === 0) return state
    this.#wrongStates -= 1
    return `${state.slice(0, -1)}${state.endsWith('0') ? '1' : '0'}`
  }
}
