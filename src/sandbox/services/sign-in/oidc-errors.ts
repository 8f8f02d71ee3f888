import { AwsError } from '../http/aws-error.ts'

/** `error` value of each OIDC refusal, with its HTTP status. */
const refusals = {
  AuthorizationPendingException: ['authorization_pending', 400],
  SlowDownException: ['slow_down', 400],
  ExpiredTokenException: ['expired_token', 400],
  AccessDeniedException: ['access_denied', 400],
  InvalidRequestException: ['invalid_request', 400],
  InvalidClientException: ['invalid_client', 401],
  InvalidGrantException: ['invalid_grant', 400],
  UnauthorizedClientException: ['unauthorized_client', 400],
  UnsupportedGrantTypeException: ['unsupported_grant_type', 400],
  InvalidScopeException: ['invalid_scope', 400],
  InvalidClientMetadataException: ['invalid_client_metadata', 400],
  InvalidRedirectUriException: ['invalid_redirect_uri', 400],
} as const

export type OidcRefusal = keyof typeof refusals

export function isOidcRefusal(name: string): name is OidcRefusal {
  return Object.hasOwn(refusals, name)
}

/** A refusal of SSO OIDC: `{error, error_description}` and the exception name in a header. */
export function oidcError(name: OidcRefusal, description: string): AwsError {
  const [error, status] = refusals[name]
  return new AwsError(name, description, status, { error, error_description: description })
}
