import { type ErrorValue, PortholeError } from '../../contract/errors.ts'
import type { AwsConfig, ConfigSection } from '../aws/config-file.ts'
import { requireSafeUrl } from '../aws/loopback.ts'
import { partitionOf } from '../aws/partitions.ts'

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
}

/** Grants the lists of accounts and roles and a refresh token; the CLI's default too. */
const defaultScopes = ['sso:account:access']

export function sessionsOf(config: AwsConfig): SsoSession[] {
  return config.sections
    .filter(({ kind }) => kind === 'sso-session')
    .map((section) => sessionOfSection(section, config.file))
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
  const base = nameOfHost(requireSafeUrl(startUrl, 'Start URL'))
  partitionOf(region)
  let name = base
  for (let number = 2; isTaken(name); number++) name = `${base}-${number}`
  return { name, startUrl, region, scopes: defaultScopes }
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
