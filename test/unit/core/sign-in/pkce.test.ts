import { expect, test } from 'vitest'
import { authorizeUrl, challengeOf, createPkceSecrets } from '../../../../src/core/sign-in/pkce.ts'

test('the challenge is that of RFC 7636, appendix B', () => {
  expect(challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  )
})

test('secrets have the required form and are never the same', () => {
  const [one, other] = [createPkceSecrets(), createPkceSecrets()]
  expect(one.codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/)
  expect(one.codeChallenge).toBe(challengeOf(one.codeVerifier))
  expect(one.codeVerifier).not.toBe(other.codeVerifier)
  expect(one.state).not.toBe(other.state)
})

test('the authorize page is beside the API and is told everything but the verifier', () => {
  const secrets = createPkceSecrets()
  const url = new URL(
    authorizeUrl(new URL('http://127.0.0.1:4566/base/'), {
      clientId: 'client id',
      redirectUri: 'http://127.0.0.1:1234/oauth/callback',
      scopes: ['sso:account:access', 'codewhisperer:completions'],
      secrets,
    }),
  )
  expect(url.origin + url.pathname).toBe('http://127.0.0.1:4566/base/authorize')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'client id',
    redirect_uri: 'http://127.0.0.1:1234/oauth/callback',
    state: secrets.state,
    code_challenge_method: 'S256',
    scopes: 'sso:account:access codewhisperer:completions',
    code_challenge: secrets.codeChallenge,
  })
  expect(url.href).not.toContain(secrets.codeVerifier)
})
