import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { Params } from '../../contract/methods.ts'
import type { ConfigReader } from '../aws/config-reader.ts'
import { identityIdOf } from './identity-id.ts'
import { ssoProfileProblems } from './sso-profiles.ts'
import { requireUsable, type SsoSession, sessionOfStartUrl, sessionsOf } from './sso-session.ts'

/** The sessions of the config file, then those typed in during this run. */
export interface SsoSessions {
  /** Never rejects for a broken config: see `ConfigReader`. */
  all(): Promise<SsoSession[]>
  /** What is wrong with the config as a whole, or with profiles that name a session. */
  problems(): Promise<ErrorValue[]>
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

export function createSsoSessions(configReader: ConfigReader): SsoSessions {
  const typed = new Map<string, SsoSession>()

  async function all(): Promise<SsoSession[]> {
    const { config } = await configReader.read()
    const configured = sessionsOf(config)
    const names = new Set(configured.map(({ name }) => name))
    return [...configured, ...[...typed.values()].filter(({ name }) => !names.has(name))]
  }

  async function byIdentity(identityId: string): Promise<SsoSession> {
    const session = (await all()).find((candidate) => identityIdOf(candidate) === identityId)
    if (session) return requireUsable(session)
    const { config, problem } = await configReader.read()
    if (problem) throw new PortholeError(problem)
    throw new PortholeError({
      code: 'NOT_FOUND',
      message: `There is no sign-in "${identityId.replace(/^\w+:/, '')}" in ${config.file}.`,
      action: 'Add it there, or sign in with its start URL.',
    })
  }

  return {
    all,
    byIdentity,
    async problems() {
      const { config, problem } = await configReader.read()
      return [...(problem ? [problem] : []), ...ssoProfileProblems(config)]
    },
    async ofTarget(target) {
      if ('identityId' in target) return byIdentity(target.identityId)
      const sessions = await all()
      const typedIn = sessionOfStartUrl(target, (name) => sessions.some((session) => session.name === name))
      const { startUrl, region } = typedIn
      const isSame = (session: SsoSession) =>
        !session.legacyProfiles && session.startUrl === startUrl && session.region === region
      return sessions.find(isSame) ?? typedIn
    },
    remember(session) {
      if (!session.definedIn) typed.set(session.name, session)
    },
  }
}
