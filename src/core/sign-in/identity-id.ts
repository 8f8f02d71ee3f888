import type { SsoSession } from './sso-session.ts'

/** Before the name of an sso-session, and before the start URL of profiles without one. */
const sessionPrefix = 'sso:'
const legacyPrefix = 'legacy:'

export function identityIdOf({
  name,
  startUrl,
  legacyProfiles,
}: Pick<SsoSession, 'name' | 'startUrl' | 'legacyProfiles'>): string {
  return legacyProfiles ? `${legacyPrefix}${startUrl}` : `${sessionPrefix}${name}`
}

/** Those that a token file may belong to: its name does not say whether it is a session's or a start URL's. */
export function identityIdsOf(tokenKey: string): string[] {
  return [`${sessionPrefix}${tokenKey}`, `${legacyPrefix}${tokenKey}`]
}
