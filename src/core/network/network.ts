import { isAbsolute, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import WebSocket from 'ws'
import { PortholeError } from '../../contract/errors.ts'
import type { EnvironmentVariables } from '../aws/paths.ts'
import { errorCode } from '../files/error-code.ts'
import {
  type AuthoritiesReport,
  type CertificateAuthorities,
  createCertificateAuthorities,
  type NamedFile,
} from './certificate-authorities.ts'
import { type ConnectionGoal, certificateProblem, isUnknownIssuer } from './connection-problems.ts'
import { type HttpFetch, sendRequest } from './http-fetch.ts'
import { NetworkAgent } from './network-agent.ts'
import { connectDirectly, connectThroughProxy, proxyLimitMilliseconds } from './open-socket.ts'
import { chooseProxy, type ProxyChoice } from './proxy-choice.ts'
import { secureSocket } from './secure-socket.ts'

/**
 * The one way out of this computer: every client, every socket goes through
 * these agents, so that proxy and certificate authorities are decided in one
 * place.
 */
export interface Network extends Disposable {
  readonly agents: { readonly http: NetworkAgent; readonly https: NetworkAgent }
  readonly fetch: HttpFetch
  /** A WebSocket over the same agents. */
  createWebSocket(url: URL, options: WebSocket.ClientOptions): WebSocket
  /** How a URL is reached, and why so. @throws {PortholeError} CONFIG_INVALID */
  proxyFor(url: URL): ProxyChoice
  authorities(): Promise<AuthoritiesReport>
}

export interface NetworkDependencies {
  environment: EnvironmentVariables
  homeFolder: string
  /** The config file's own wish for a bundle; AWS_CA_BUNDLE goes before it. */
  configuredBundle?: () => Promise<NamedFile | undefined>
  /** PEM texts of the operating system's store. */
  systemCertificates?: () => string[]
  /** How long a proxy may take to let us through. */
  proxyLimitMilliseconds?: number
}

export function createNetwork(dependencies: NetworkDependencies): Network {
  const { environment, proxyLimitMilliseconds: limitMilliseconds = proxyLimitMilliseconds } = dependencies
  const authorities = authoritiesOf(dependencies)
  /** The operating system's store is slow to read on some systems, so only who needs it pays for it. */
  let needsSystemStore = false

  function proxyFor(url: URL): ProxyChoice {
    return chooseProxy(url, environment)
  }

  async function openPlain(goal: ConnectionGoal, scheme: 'http' | 'https') {
    const { proxy, source = '' } = proxyFor(urlOf(scheme, goal))
    if (!proxy) return connectDirectly(goal)
    const secureContext = proxy.kind === 'https' ? await authorities.context(needsSystemStore) : undefined
    return connectThroughProxy({ proxy, source, secureContext, limitMilliseconds }, goal)
  }

  async function openSecure(goal: ConnectionGoal): Promise<Duplex> {
    const secureContext = await authorities.context(needsSystemStore)
    return secureSocket(await openPlain(goal, 'https'), goal, secureContext)
  }

  /** Whom Node does not know the operating system may: company authorities are usually installed there. */
  async function openSecureWithSystem(goal: ConnectionGoal): Promise<Duplex> {
    try {
      return await openSecure(goal)
    } catch (error) {
      const untried = isUnknownIssuer(error) && !needsSystemStore && (await authorities.mayUseSystem())
      if (!untried) throw error
      needsSystemStore = true
      return openSecure(goal)
    }
  }

  async function openTrusted(goal: ConnectionGoal): Promise<Duplex> {
    try {
      return await openSecureWithSystem(goal)
    } catch (error) {
      if (error instanceof PortholeError) throw error
      const detail = error instanceof Error ? error.message : String(error)
      const untrusted = certificateProblem(goal.host, errorCode(error), detail)
      throw untrusted ? new PortholeError(untrusted, { cause: error }) : error
    }
  }

  const agents = {
    http: new NetworkAgent('http', (goal) => openPlain(goal, 'http')),
    https: new NetworkAgent('https', openTrusted),
  }
  return {
    agents,
    proxyFor,
    authorities: () => authorities.report(),
    fetch: (url, request) => sendRequest(agents, url, request),
    createWebSocket: (url, options) =>
      new WebSocket(url, { ...options, agent: url.protocol === 'wss:' ? agents.https : agents.http }),
    [Symbol.dispose]() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function authoritiesOf(dependencies: NetworkDependencies): CertificateAuthorities {
  const { environment, homeFolder, configuredBundle, systemCertificates } = dependencies
  const named = (variable: string): NamedFile | undefined => {
    const file = environment[variable]
    return file ? { file: absolutePath(file, homeFolder), source: variable } : undefined
  }
  return createCertificateAuthorities({
    bundle: async () => named('AWS_CA_BUNDLE') ?? (await configuredBundle?.()),
    extra: named('NODE_EXTRA_CA_CERTS'),
    ...(systemCertificates ? { systemCertificates } : {}),
  })
}

/** As people write paths into files and variables: `~` is their home, the rest counts from where we were started. */
export function absolutePath(file: string, homeFolder: string): string {
  const expanded = file.replace(/^~(?=$|[/\\])/, homeFolder)
  return isAbsolute(expanded) ? expanded : resolve(expanded)
}

function urlOf(scheme: 'http' | 'https', { host, port }: ConnectionGoal): URL {
  return new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)
}
