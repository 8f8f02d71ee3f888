import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { connect as connectSocket, isIP, isIPv6, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type SecureContext } from 'node:tls'
import { SocksClient, SocksClientError } from 'socks'
import { PortholeError } from '../../contract/errors.ts'
import { errorCode } from '../files/error-code.ts'
import { type ConnectionGoal, certificateProblem, proxyProblem } from './connection-problems.ts'
import type { ProxyServer } from './proxy-choice.ts'

/** What a direct connection may take; a reachable host answers within a second, a dropped packet costs three. */
const connectLimitMilliseconds = 5_000
/** A proxy looks up and dials the destination itself before it answers. */
export const proxyLimitMilliseconds = 10_000

/** A plain connection, without anybody in between. */
export function connectDirectly({ host, port }: ConnectionGoal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port })
    const stop = () => {
      clearTimeout(timer)
      socket.off('error', failed)
    }
    const failed = (error: Error) => {
      stop()
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => failed(timeout(host, port)), connectLimitMilliseconds)
    socket.once('error', failed)
    socket.once('connect', () => {
      stop()
      resolve(socket)
    })
  })
}

/** The name is what the AWS SDK counts as worth another try. */
function timeout(host: string, port: number): Error {
  const error = new Error(`No connection to ${host}:${port} within ${connectLimitMilliseconds / 1000} s`)
  return Object.assign(error, { name: 'TimeoutError', code: 'ETIMEDOUT' })
}

export interface ProxyPath {
  proxy: ProxyServer
  /** The variable that names it. */
  source: string
  /** Of the connection to an https proxy. */
  secureContext: SecureContext | undefined
  /** How long it may take to let us through. */
  limitMilliseconds: number
}

/** @throws {PortholeError} PROXY_FAILED, CERTIFICATE_UNTRUSTED (of an https proxy) */
export function connectThroughProxy(path: ProxyPath, goal: ConnectionGoal): Promise<Socket> {
  return path.proxy.kind === 'http' || path.proxy.kind === 'https'
    ? tunnelThroughHttp(path, goal)
    : tunnelThroughSocks(path, goal)
}

/** HTTP CONNECT (RFC 9110, section 9.3.6), by Node's own client. */
function tunnelThroughHttp(path: ProxyPath, goal: ConnectionGoal): Promise<Socket> {
  const { proxy, source, secureContext, limitMilliseconds } = path
  return new Promise((resolve, reject) => {
    const options = {
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: authorityOf(goal),
      headers: { host: authorityOf(goal), ...loginHeader(proxy) },
    }
    const request = requestHttp(
      proxy.kind === 'https'
        ? { ...options, createConnection: () => connectTls(secureOptions(proxy, secureContext)) }
        : { ...options, agent: false },
    )
    const fail = (error: PortholeError) => {
      clearTimeout(timer)
      request.destroy()
      reject(error)
    }
    const timer = setTimeout(
      () => fail(proxyProblem(proxy, source, goal, { kind: 'silent', seconds: limitMilliseconds / 1000 })),
      limitMilliseconds,
    )
    request.on('error', (error) => fail(tunnelError(path, goal, error)))
    request.on('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      clearTimeout(timer)
      const status = response.statusCode ?? 0
      if (status >= 200 && status < 300) {
        if (head.length > 0) socket.unshift(head)
        return resolve(socket)
      }
      socket.destroy()
      reject(
        proxyProblem(
          proxy,
          source,
          goal,
          status === 407
            ? { kind: 'login' }
            : { kind: 'refused', status: `${status} ${response.statusMessage ?? ''}`.trim() },
        ),
      )
    })
    request.end()
  })
}

function secureOptions(
  { host, port }: ProxyServer,
  secureContext: SecureContext | undefined,
): ConnectionOptions {
  return {
    host,
    port,
    servername: isIP(host) ? '' : host,
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
    ...(secureContext ? { secureContext } : {}),
  }
}

function tunnelError({ proxy, source }: ProxyPath, goal: ConnectionGoal, error: Error): PortholeError {
  const untrusted = certificateProblem(proxy.host, errorCode(error), error.message)
  return untrusted
    ? new PortholeError(untrusted, { cause: error })
    : proxyProblem(proxy, source, goal, { kind: 'unreachable', cause: error })
}

function loginHeader({ userName, password }: ProxyServer): Record<string, string> {
  if (userName === undefined && password === undefined) return {}
  const login = Buffer.from(`${userName ?? ''}:${password ?? ''}`).toString('base64')
  return { 'proxy-authorization': `Basic ${login}` }
}

function authorityOf({ host, port }: ConnectionGoal): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}

async function tunnelThroughSocks(path: ProxyPath, goal: ConnectionGoal): Promise<Socket> {
  const { proxy, limitMilliseconds } = path
  const host = proxy.resolvesNames ? goal.host : (await lookup(goal.host)).address
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: proxy.kind === 'socks4' ? 4 : 5,
        ...(proxy.userName === undefined ? {} : { userId: proxy.userName }),
        ...(proxy.password === undefined ? {} : { password: proxy.password }),
      },
      destination: { host, port: goal.port },
      command: 'connect',
      timeout: limitMilliseconds,
    })
    return socket
  } catch (error) {
    throw socksError(path, goal, error)
  }
}

/** The library tells its own refusals only by their words. */
function socksError(
  { proxy, source, limitMilliseconds }: ProxyPath,
  goal: ConnectionGoal,
  error: unknown,
): PortholeError {
  const message = error instanceof Error ? error.message : String(error)
  if (/authentication/i.test(message)) return proxyProblem(proxy, source, goal, { kind: 'login' })
  if (/timed out/i.test(message))
    return proxyProblem(proxy, source, goal, { kind: 'silent', seconds: limitMilliseconds / 1000 })
  if (error instanceof SocksClientError && /rejected/i.test(message))
    return proxyProblem(proxy, source, goal, { kind: 'refused', status: message })
  return proxyProblem(proxy, source, goal, { kind: 'unreachable', cause: error })
}
