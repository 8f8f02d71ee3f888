import { PortholeError } from '../../contract/errors.ts'
import type { Answer, Params } from '../../contract/methods.ts'
import type { SectionEdit } from '../aws/config-editor.ts'
import type { AwsConfig } from '../aws/config-file.ts'
import type { AwsPaths } from '../aws/paths.ts'
import { updateAwsConfig } from '../aws/update-config.ts'
import type { Clock } from '../clock.ts'
import { identityIdOf } from '../sign-in/identity-id.ts'
import type { SignInService } from '../sign-in/sign-in-service.ts'
import { freeSessionName, type SsoSession, sessionSection } from '../sign-in/sso-session.ts'

/** What is written to the AWS config file, always because somebody asked for it. */
export interface ProfileWriter {
  /**
   * A profile with which the AWS CLI acts as this role.
   *
   * @throws {PortholeError} NOT_FOUND, CONFIG_INVALID, INVALID_REQUEST (a name that cannot be written, or that
   * another profile has), STORAGE_*
   */
  write(request: Params<'profile.write'>): Promise<Answer<'profile.write'>>
  /**
   * Moves profiles that name a start URL to an sso-session, whose tokens can be
   * refreshed. Who is signed in stays so.
   *
   * @throws {PortholeError} NOT_FOUND, CONFIG_INVALID, INVALID_REQUEST, STORAGE_*
   */
  migrate(identityId: string): Promise<Answer<'profile.migrate'>>
}

export function createProfileWriter({
  center,
  paths,
  clock,
}: {
  center: Pick<SignInService, 'session' | 'moveToken'>
  paths: Pick<AwsPaths, 'configFile'>
  clock: Clock
}): ProfileWriter {
  const file = paths.configFile

  return {
    async write(request) {
      const session = await center.session(request.identityId)
      await updateAwsConfig(file, clock, (config) => profileEdits(config, session, request))
      return { name: request.name, file }
    },

    async migrate(identityId) {
      const legacy = await center.session(identityId)
      const { legacyProfiles: profiles } = legacy
      if (!profiles) throw notLegacy(legacy)
      let target = legacy
      await updateAwsConfig(file, clock, (config) => {
        target = targetSession(config, legacy)
        const isThere = config.section('sso-session', target.name) !== undefined
        const moves = profiles.map((name) => moveToSession(name, target))
        return isThere ? moves : [sessionSection(target), ...moves]
      })
      await center.moveToken(legacy, target)
      return { identityId: identityIdOf(target), file }
    },
  }
}

function profileEdits(
  config: AwsConfig,
  session: SsoSession,
  { name, accountId, roleName, region, replace }: Params<'profile.write'>,
): SectionEdit[] {
  const set = {
    ...(session.legacyProfiles
      ? { sso_start_url: session.startUrl, sso_region: session.region }
      : { sso_session: session.name }),
    sso_account_id: accountId,
    sso_role_name: roleName,
    ...(region ? { region } : {}),
  }
  const unset = session.legacyProfiles ? ['sso_session'] : ['sso_start_url', 'sso_region']
  if (!replace) requireFree(config, name, set)
  const needsSession = !session.legacyProfiles && !config.section('sso-session', session.name)
  return [...(needsSession ? [sessionSection(session)] : []), { kind: 'profile', name, set, unset }]
}

/** Writing the same once more is no conflict. */
function requireFree(config: AwsConfig, name: string, set: Record<string, string>): void {
  const existing = config.section('profile', name)
  // A [default] with nothing but a Region and the like is everybody's, and can become a role's as well.
  const isTaken = [...(existing?.values ?? [])].some(
    ([key, value]) =>
      /^(sso_|role_arn|source_profile|credential|aws_|login_|web_)/.test(key) && set[key] !== value,
  )
  if (!isTaken) return
  throw new PortholeError({
    code: 'INVALID_REQUEST',
    message: `Profile "${name}" in ${config.file} already gives other credentials.`,
    action: 'Choose another name, or replace it.',
  })
}

/** The session that the same start URL has already, or a new one named after its host. */
function targetSession(config: AwsConfig, { startUrl, region, scopes }: SsoSession): SsoSession {
  const sessions = config.sections.filter(({ kind }) => kind === 'sso-session')
  const same = sessions.find(
    ({ values }) => values.get('sso_start_url') === startUrl && values.get('sso_region') === region,
  )
  const isTaken = (name: string) => config.section('sso-session', name) !== undefined
  return { name: same?.name ?? freeSessionName(startUrl, isTaken), startUrl, region, scopes }
}

function moveToSession(name: string, session: SsoSession): SectionEdit {
  return {
    kind: 'profile',
    name,
    set: { sso_session: session.name },
    unset: ['sso_start_url', 'sso_region'],
  }
}

function notLegacy({ name }: SsoSession): PortholeError {
  return new PortholeError({
    code: 'INVALID_REQUEST',
    message: `"${name}" is an sso-session already.`,
    action: 'Nothing has to be moved.',
  })
}
