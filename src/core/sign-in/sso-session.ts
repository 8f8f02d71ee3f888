import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { SectionEdit } from '../aws/config-editor.ts'
import type { AwsConfig, ConfigSection } from '../aws/config-file.ts'
import { requireSafeUrl } from '../aws/loopback.ts'
import { partitionOf } from '../aws/partitions.ts'
import { isLegacy, type SsoProfile, ssoProfilesOf } from './sso-profiles.ts'

/** One sign-in to IAM Identity Center, as an `[sso-session]` section describes it. */
export interface SsoSession {
  name: string
  startUrl: string
  /** Region of IAM Identity Center. */
  region: string
  scopes: string[]
  /** Absolute path of its config file; absent when typed in during this run. */
  definedIn?: string
  /** What is wrong with its section. */
  problem?: ErrorValue
  /** What did not work beside the sign-in itself. */
  warning?: ErrorValue
  /** Profiles that name the start URL themselves instead of a session, as before sso-session sections. */
  legacyProfiles?: string[]
}

/** What the CLI hashes into the name of the token file. */
export function tokenKeyOf(session: Pick<SsoSession, 'name' | 'startUrl' | 'legacyProfiles'>): string {
  return session.legacyProfiles ? session.startUrl : session.name
}

/** Grants the lists of accounts and roles and a refresh token; the CLI's default too. */
const defaultScopes = ['sso:account:access']

/** The sso-session sections, then the start URLs of profiles from before such sections. */
export function sessionsOf(config: AwsConfig): SsoSession[] {
  const sessions = config.sections
    .filter(({ kind }) => kind === 'sso-session')
    .map((section) => sessionOfSection(section, config.file))
  const legacy = Map.groupBy(ssoProfilesOf(config).filter(isLegacy), ({ startUrl }) => startUrl)
  return [
    ...sessions,
    ...[...legacy].map(([startUrl, profiles]) => legacySession(startUrl, profiles, config)),
  ]
}

/** The token file is named after the start URL, so profiles that share one share the sign-in. */
function legacySession(startUrl: string, profiles: readonly SsoProfile[], config: AwsConfig): SsoSession {
  const names = profiles.map(({ name }) => name)
  const region = profiles.find((profile) => profile.region)?.region ?? ''
  const problem: ErrorValue = {
    code: 'CONFIG_INVALID',
    message: `[profile ${names[0]}] in line ${profiles[0]?.line} of ${config.file} has no sso_region.`,
    action: 'Add it, then try again.',
    retryable: false,
  }
  return {
    name: names.length === 1 ? (names[0] ?? startUrl) : nameOfUrl(startUrl),
    startUrl,
    region,
    scopes: defaultScopes,
    definedIn: config.file,
    legacyProfiles: names,
    ...(region === '' ? { problem } : {}),
  }
}

function nameOfUrl(startUrl: string): string {
  return URL.canParse(startUrl) ? nameOfHost(new URL(startUrl)) : startUrl
}

function sessionOfSection(section: ConfigSection, file: string): SsoSession {
  const { name, values } = section
  const startUrl = values.get('sso_start_url') ?? ''
  const region = values.get('sso_region') ?? ''
  const scopes = (values.get('sso_registration_scopes') ?? '').split(/[\s,]+/).filter(Boolean)
  const problem = sectionProblem(section, file)
  return {
    name,
    startUrl,
    region,
    scopes: scopes.length > 0 ? scopes : defaultScopes,
    definedIn: file,
    ...(problem ? { problem } : {}),
  }
}

function sectionProblem({ name, line, values }: ConfigSection, file: string): ErrorValue | undefined {
  const missing = ['sso_start_url', 'sso_region'].filter((key) => !values.get(key))
  if (missing.length === 0) return undefined
  return {
    code: 'CONFIG_INVALID',
    message: `[sso-session ${name}] in line ${line} of ${file} has no ${missing.join(' and no ')}.`,
    action: 'Add it, then try again.',
    retryable: false,
  }
}

/**
 * A session for a start URL and Region that somebody typed.
 *
 * @param isTaken tells which names other sessions have: the name is also the token's file name
 * @throws {PortholeError} INVALID_REQUEST, ENDPOINT_REFUSED
 */
export function sessionOfStartUrl(
  typed: { startUrl: string; ssoRegion: string },
  isTaken: (name: string) => boolean,
): SsoSession {
  const startUrl = typed.startUrl.trim()
  const region = typed.ssoRegion.trim()
  requireSafeUrl(startUrl, 'Start URL')
  partitionOf(region)
  return { name: freeSessionName(startUrl, isTaken), startUrl, region, scopes: defaultScopes }
}

/** A name for an sso-session, after the start URL's host. */
export function freeSessionName(startUrl: string, isTaken: (name: string) => boolean): string {
  const base = nameOfUrl(startUrl)
  let name = base
  for (let number = 2; isTaken(name); number++) name = `${base}-${number}`
  return name
}

/** `https://corp.awsapps.com/start` is "corp", `http://127.0.0.1:8700/start` "127.0.0.1-8700". */
function nameOfHost({ hostname, port }: URL): string {
  const isAddress = /^[\d.]+$|^\[/.test(hostname)
  const host = isAddress ? hostname.replace(/[[\]]/g, '') : (hostname.split('.')[0] ?? hostname)
  return port ? `${host}-${port}` : host
}

export function requireUsable(session: SsoSession): SsoSession {
  if (session.problem) throw new PortholeError(session.problem)
  return session
}

/** How a session is written to the config file. */
export function sessionSection({ name, startUrl, region, scopes }: SsoSession): SectionEdit {
  return {
    kind: 'sso-session',
    name,
    set: { sso_start_url: startUrl, sso_region: region, sso_registration_scopes: scopes.join(',') },
  }
}
