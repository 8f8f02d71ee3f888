import { PortholeError } from '../../contract/errors.ts'
import type { Params } from '../../contract/methods.ts'
import { readAwsConfig } from '../aws/config-file.ts'
import { identityIdOf } from './identity-id.ts'
import { requireUsable, type SsoSession, sessionOfStartUrl, sessionsOf } from './sso-session.ts'

/** The sessions of the config file, then those typed in during this run. */
export interface SsoSessions {
  /** @throws {PortholeError} CONFIG_INVALID */
  all(): Promise<SsoSession[]>
  /** @throws {PortholeError} NOT_FOUND, CONFIG_INVALID */
  byIdentity(identityId: string): Promise<SsoSession>
  /**
   * What somebody wants to sign in to. A start URL that a session already has is that session.
   *
   * @throws {PortholeError} NOT_FOUND, CONFIG_INVALID, INVALID_REQUEST, ENDPOINT_REFUSED
   */
  ofTarget(target: Params<'signIn.start'>['target']): Promise<SsoSession>
  /** Keeps a session that was typed in until the app ends. */
  remember(session: SsoSession): void
}

export function createSsoSessions(configFile: string): SsoSessions {
  const typed = new Map<string, SsoSession>()

  async function all(): Promise<SsoSession[]> {
    // Read anew every time: a small file, and people edit it while the app runs.
    const configured = sessionsOf(await readAwsConfig(configFile))
    const names = new Set(configured.map(({ name }) => name))
    return [...configured, ...[...typed.values()].filter(({ name }) => !names.has(name))]
  }

  async function byIdentity(identityId: string): Promise<SsoSession> {
    const session = (await all()).find((candidate) => identityIdOf(candidate) === identityId)
    if (session) return requireUsable(session)
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no sso-session "${identityId.replace(/^sso:/, '')}" in ${configFile}.`,
      action: 'Add it there, or sign in with its start URL.',
    })
  }

  return {
    all,
    byIdentity,
    async ofTarget(target) {
      if ('identityId' in target) return byIdentity(target.identityId)
      const sessions = await all()
      const typedIn = sessionOfStartUrl(target, (name) => sessions.some((session) => session.name === name))
      const { startUrl, region } = typedIn
      return sessions.find((session) => session.startUrl === startUrl && session.region === region) ?? typedIn
    },
    remember(session) {
      if (!session.definedIn) typed.set(session.name, session)
    },
  }
}
