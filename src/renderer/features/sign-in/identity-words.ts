import type { Identity, IdentityKind } from '../../../contract/identity.ts'

/** What an identity is, where Identity Center has its start URL. */
const kindWords: Record<Exclude<IdentityKind, 'identity-center'>, string> = {
  'access-keys': 'Profile with access keys, no sign-in needed',
  'assumed-role': 'Profile that assumes a role',
  process: 'Profile that runs a program',
  'web-identity': 'Role by web identity token',
  'console-login': 'Profile of aws login',
  environment: 'Access keys in this environment',
  container: 'Role of this container',
  instance: 'Role of this EC2 instance',
}

export function identityWords(identity: Identity): string {
  if (identity.kind === 'identity-center') return identity.startUrl ?? ''
  return identity.needsMfa ? 'Profile that assumes a role, with MFA' : kindWords[identity.kind]
}

export function identityRegion({ ssoRegion, region }: Identity): string {
  return ssoRegion ?? region ?? ''
}

/** Every word somewhere in name, start URL, kind or Region. */
export function identitiesWith(identities: readonly Identity[], filter: string): readonly Identity[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return identities.filter((identity) => {
    const text = [identity.name, identityWords(identity), identityRegion(identity)].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The one filled button of the screen. */
export function startWords(identity: Identity | undefined): string {
  if (identity === undefined) return 'Sign in'
  return identity.kind === 'identity-center' ? `Sign in to ${identity.name}` : `Use ${identity.name}`
}

/** What that button will bring about. */
export function startHint(identity: Identity | undefined): string {
  if (identity === undefined || identity.kind === 'identity-center') return 'Opens your browser'
  if (identity.needsMfa) return 'Asks for a code of your MFA device'
  if (identity.kind === 'process') return 'Runs its program on this computer'
  return 'Opens nothing, asks AWS who you are'
}
