import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** Secrets of one authorization request (RFC 7636). */
export interface PkceSecrets {
  /** Proves, with the code, that the two halves of the sign-in are the same program. */
  codeVerifier: string
  codeChallenge: string
  state: string
}

/** 48 bytes become 64 characters of base64url; RFC 7636 asks for 43 to 128. */
const verifierBytes = 48

export function createPkceSecrets(): PkceSecrets {
  const codeVerifier = randomBytes(verifierBytes).toString('base64url')
  return { codeVerifier, codeChallenge: challengeOf(codeVerifier), state: randomUUID() }
}

export function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url')
}

/**
 * The page that asks the user. Identity Center calls the parameter `scopes`
 * (plural), as the AWS CLI sends it. RegisterClient does not name the page, so
 * it is taken to be beside the API, also at a custom endpoint.
 */
export function authorizeUrl(
  oidcEndpoint: URL,
  request: { clientId: string; redirectUri: string; scopes: string[]; secrets: PkceSecrets },
): string {
  const url = new URL(oidcEndpoint)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/authorize`
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    state: request.secrets.state,
    code_challenge_method: 'S256',
    scopes: request.scopes.join(' '),
    code_challenge: request.secrets.codeChallenge,
  }).toString()
  return url.href
}
