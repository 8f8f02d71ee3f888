import { PortholeError } from '../../contract/errors.ts'
import { isLoopbackHost } from '../aws/loopback.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import { type Destination, parseNoProxy } from './no-proxy.ts'

/** How one destination is reached, and why so. */
export type ProxyChoice =
  | { proxy: ProxyServer; source: string; reason?: undefined }
  /** `reason` is for people: "NO_PROXY has .example.com". */
  | { proxy?: undefined; source?: string; reason: string }

export interface ProxyServer {
  kind: 'http' | 'https' | 'socks4' | 'socks5'
  /** Without brackets. */
  host: string
  port: number
  /** A socks proxy finds the address of a name itself. */
  resolvesNames: boolean
  userName?: string
  password?: string
}

/** Set to "true" it sends loopback traffic through the proxy as well: for whoever wants to look at it. */
export const loopbackVariable = 'PORTHOLE_PROXY_LOOPBACK'

/**
 * The proxy for a URL by the variables that curl and the AWS CLI know. Lower
 * case goes before upper case, also when it is empty; a variable for the scheme
 * goes before ALL_PROXY; empty means none. wss counts as https, ws as http.
 *
 * @throws {PortholeError} CONFIG_INVALID, naming the variable
 */
export function chooseProxy(url: URL, environment: EnvironmentVariables): ProxyChoice {
  const destination = destinationOf(url)
  if (isLoopbackHost(url.hostname) && environment[loopbackVariable] !== 'true')
    return { reason: 'this computer itself is reached without a proxy' }
  const scheme = isSecure(url) ? 'https' : 'http'
  const variable = firstSet(environment, [`${scheme}_proxy`, 'all_proxy'])
  if (variable === undefined) return { reason: noneSet(scheme, environment) }
  const text = environment[variable]?.trim()
  if (!text) return { source: variable, reason: `${variable} is set to nothing` }
  const exceptions = firstSet(environment, ['no_proxy'])
  const exception = exceptions && parseNoProxy(environment[exceptions] ?? '').match(destination)
  if (exception) return { source: variable, reason: `${exceptions} has ${exception}` }
  return { proxy: parseProxy(text, variable), source: variable }
}

function destinationOf(url: URL): Destination {
  const usual = isSecure(url) ? 443 : 80
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port === '' ? usual : Number(url.port) }
}

function isSecure({ protocol }: Pick<URL, 'protocol'>): boolean {
  return protocol === 'https:' || protocol === 'wss:'
}

/** Of each name the lower-case form, then the upper-case one; the first that exists at all. */
function firstSet(environment: EnvironmentVariables, names: readonly string[]): string | undefined {
  return names
    .flatMap((name) => [name, name.toUpperCase()])
    .find((variable) => environment[variable] !== undefined)
}

function noneSet(scheme: 'http' | 'https', environment: EnvironmentVariables): string {
  const other = scheme === 'https' ? firstSet(environment, ['http_proxy']) : undefined
  return other && environment[other]
    ? `${other} is only for http, and this is https: HTTPS_PROXY is not set`
    : 'no proxy is set'
}

const kinds: Record<string, { kind: ProxyServer['kind']; port: number; resolvesNames: boolean }> = {
  'http:': { kind: 'http', port: 80, resolvesNames: true },
  'https:': { kind: 'https', port: 443, resolvesNames: true },
  'socks:': { kind: 'socks5', port: 1080, resolvesNames: true },
  'socks5h:': { kind: 'socks5', port: 1080, resolvesNames: true },
  'socks5:': { kind: 'socks5', port: 1080, resolvesNames: false },
  'socks4a:': { kind: 'socks4', port: 1080, resolvesNames: true },
  'socks4:': { kind: 'socks4', port: 1080, resolvesNames: false },
}

/** `proxy.example.com:8080` without a scheme is an http proxy, as for curl. */
function parseProxy(text: string, variable: string): ProxyServer {
  const withScheme = /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined
  const known = url && kinds[url.protocol]
  if (!url?.hostname || !known)
    throw unusable(variable, known === undefined && url ? url.protocol : undefined)
  const { kind, resolvesNames } = known
  return {
    kind,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    // A URL leaves out the usual port of its scheme.
    port: url.port === '' ? known.port : Number(url.port),
    resolvesNames,
    ...(url.username ? { userName: decode(url.username) } : {}),
    ...(url.password ? { password: decode(url.password) } : {}),
  }
}

/** A password may hold a "%" that nobody encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The value itself is not quoted: it may hold a password. */
function unusable(variable: string, protocol: string | undefined): PortholeError {
  return new PortholeError({
    code: 'CONFIG_INVALID',
    message: protocol
      ? `${variable} names a kind of proxy that is not known: ${protocol.slice(0, 20)}`
      : `${variable} is not the address of a proxy.`,
    action: 'Write it like http://proxy.example.com:8080, then start Porthole again.',
  })
}

/** For people, without the password: `http://proxy.example.com:8080`. */
export function describeProxy({ kind, host, port, userName, password }: ProxyServer): string {
  const withLogin = userName !== undefined || password !== undefined ? ' (with a login)' : ''
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}${withLogin}`
}
