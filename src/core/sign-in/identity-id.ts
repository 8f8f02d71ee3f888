import type { SsoSession } from './sso-session.ts'

const identityPrefix = 'sso:'

export function identityIdOf({ name }: Pick<SsoSession, 'name'>): string {
  return `${identityPrefix}${name}`
}
