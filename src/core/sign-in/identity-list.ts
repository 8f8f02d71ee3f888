import { PortholeError } from '../../contract/errors.ts'
import type { Identity } from '../../contract/identity.ts'
import type { Clock } from '../clock.ts'
import { createListeners } from '../listeners.ts'
import { type AccessTokens, refreshMarginMilliseconds, type TokenStanding } from './access-tokens.ts'
import { identityIdOf } from './identity-id.ts'
import type { SsoSession } from './sso-session.ts'
import type { SsoSessions } from './sso-sessions.ts'

/** Every identity with its state now, kept true while time passes: tokens are refreshed before they end. */
export interface IdentityList extends Disposable {
  identities(): Promise<Identity[]>
  /** Looks at all of them and tells the listeners when something changed. */
  look(): Promise<void>
  /** Does work that may find a sign-in ended, which changes what the identities look like. */
  watching<Answer>(work: () => Promise<Answer>): Promise<Answer>
  onChanged(listener: (identities: Identity[]) => void): Disposable
}

export interface IdentityListDependencies {
  sessions: SsoSessions
  accessTokens: AccessTokens
  clock: Clock
  log: (message: string) => void
}

export function createIdentityList(dependencies: IdentityListDependencies): IdentityList {
  const { sessions, accessTokens, clock, log } = dependencies
  const changed = createListeners<Identity[]>()
  let lastTold = ''
  let alarm: ({ time: number } & Disposable) | undefined
  let disposed = false

  async function readIdentities(): Promise<Identity[]> {
    const all = await sessions.all()
    return Promise.all(all.map(async (session) => toIdentity(session, await standingOf(session))))
  }

  async function standingOf(session: SsoSession): Promise<TokenStanding> {
    if (session.problem) return { state: 'absent' }
    const standing = await accessTokens.standing(session)
    if (standing.state === 'refreshable' && !disposed) void renew(session)
    if (standing.state === 'valid') wakeAt(timeOfChange(standing.expiresAt, standing.canRefresh))
    return standing
  }

  /** A token that can be refreshed changes shortly before its end, another one at its end. */
  function timeOfChange(expiresAt: number, canRefresh: boolean): number {
    const refreshAt = expiresAt - refreshMarginMilliseconds
    return canRefresh && refreshAt > clock.now() ? refreshAt : expiresAt
  }

  function wakeAt(time: number): void {
    if (disposed || (alarm && alarm.time <= time)) return
    alarm?.[Symbol.dispose]()
    const timer = clock.after(time - clock.now(), () => {
      alarm = undefined
      void renewAll()
    })
    alarm = { time, [Symbol.dispose]: () => timer[Symbol.dispose]() }
  }

  async function renewAll(): Promise<void> {
    const all = await sessions.all().catch(() => [])
    await Promise.all(all.filter(({ problem }) => !problem).map(renew))
    await look()
  }

  /** In the background: whoever needs the token is told why there is none. */
  async function renew(session: SsoSession): Promise<void> {
    await watching(() => accessTokens.accessToken(session)).then(look, () => {})
  }

  async function look(): Promise<void> {
    if (disposed) return
    try {
      tell(await readIdentities())
    } catch (error) {
      log(`The identities could not be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  function tell(identities: Identity[]): void {
    const text = JSON.stringify(identities)
    if (disposed || text === lastTold) return
    lastTold = text
    changed.emit(identities)
  }

  async function watching<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof PortholeError && error.value.code === 'SSO_EXPIRED') void look()
      throw error
    }
  }

  return {
    async identities() {
      const identities = await readIdentities()
      lastTold = JSON.stringify(identities)
      return identities
    },
    look,
    watching,
    onChanged: changed.add,
    [Symbol.dispose]() {
      disposed = true
      alarm?.[Symbol.dispose]()
      changed[Symbol.dispose]()
    },
  }
}

const stateOfStanding = {
  absent: 'signed-out',
  unreadable: 'signed-out',
  valid: 'signed-in',
  // The first call refreshes it; nobody has to sign in for that.
  refreshable: 'signed-in',
  ended: 'expired',
} as const

function toIdentity(session: SsoSession, standing: TokenStanding): Identity {
  const problem = session.problem ?? ('problem' in standing ? standing.problem : undefined) ?? session.warning
  return {
    id: identityIdOf(session),
    kind: 'identity-center',
    name: session.name,
    startUrl: session.startUrl,
    ssoRegion: session.region,
    state: stateOfStanding[standing.state],
    ...('expiresAt' in standing ? { expiresAt: standing.expiresAt } : {}),
    ...(session.definedIn ? { definedIn: session.definedIn } : {}),
    ...(session.legacyProfiles ? { legacyProfiles: session.legacyProfiles } : {}),
    ...(problem ? { problem } : {}),
  }
}
