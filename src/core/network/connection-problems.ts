import { PortholeError } from '../../contract/errors.ts'
import { errorCode } from '../files/error-code.ts'
import { describeProxy, type ProxyServer } from './proxy-choice.ts'

/** Where a connection is going, for messages. */
export interface ConnectionGoal {
  host: string
  port: number
}

/** A certificate chain that ends in nobody we know, as opposed to one that is wrong in itself. */
const unknownIssuerCodes = new Set([
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

export function isUnknownIssuer(error: unknown): boolean {
  return unknownIssuerCodes.has(errorCode(error) ?? '')
}

const certificateCodes =
  /^(UNABLE_TO_(VERIFY|GET_ISSUER)|SELF_SIGNED|DEPTH_ZERO|CERT_|HOSTNAME_MISMATCH|ERR_TLS_CERT)/

/** The error of a certificate that was not accepted; undefined for any other failure. */
export function certificateProblem(host: string, systemCode: string | undefined, detail?: string) {
  if (systemCode === undefined || !certificateCodes.test(systemCode)) return undefined
  return {
    code: 'CERTIFICATE_UNTRUSTED' as const,
    ...wordsOf(host, systemCode),
    ...(detail === undefined ? {} : { detail }),
    retryable: false,
  }
}

function wordsOf(host: string, systemCode: string): { message: string; action: string } {
  if (unknownIssuerCodes.has(systemCode))
    return {
      message: `The certificate of ${host} was issued by an authority that this computer does not know.`,
      action:
        'If your company inspects traffic, set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to the file with its root certificate.',
    }
  if (systemCode === 'CERT_HAS_EXPIRED' || systemCode === 'CERT_NOT_YET_VALID')
    return {
      message:
        systemCode === 'CERT_HAS_EXPIRED'
          ? `The certificate of ${host} has expired.`
          : `The certificate of ${host} is not valid yet.`,
      action: 'Check the clock of this computer. If it is right, ask who runs the endpoint.',
    }
  return {
    message: `The certificate of ${host} is not one for ${host}.`,
    action: 'Check the endpoint and the proxy: something else may be answering in its place.',
  }
}

export type ProxyFailure =
  | { kind: 'unreachable'; cause: unknown }
  | { kind: 'silent'; seconds: number }
  | { kind: 'login' }
  | { kind: 'refused'; status: string }

/** @param source the variable that names the proxy */
export function proxyProblem(
  proxy: ProxyServer,
  source: string,
  goal: ConnectionGoal,
  failure: ProxyFailure,
): PortholeError {
  const name = `The proxy ${describeProxy(proxy)}`
  const { message, detail, action, retryable } = proxyWords(name, source, goal, failure)
  return new PortholeError(
    { code: 'PROXY_FAILED', message, detail, action, retryable },
    failure.kind === 'unreachable' ? { cause: failure.cause } : {},
  )
}

function proxyWords(name: string, source: string, { host, port }: ConnectionGoal, failure: ProxyFailure) {
  switch (failure.kind) {
    case 'unreachable':
      return {
        message: `${name} cannot be reached.`,
        detail: failure.cause instanceof Error ? failure.cause.message : String(failure.cause),
        action: `Check ${source} and the network, then try again.`,
        retryable: true,
      }
    case 'silent':
      return {
        message: `${name} did not answer within ${failure.seconds} s.`,
        detail: `It was asked for ${host}:${port}.`,
        action: `Check ${source} and the network, then try again.`,
        retryable: true,
      }
    case 'login':
      return {
        message: `${name} wants a user name and password, or does not accept those it was given.`,
        detail: '407 Proxy Authentication Required',
        action: `Write them into ${source}, like http://user:password@host:port, then start Porthole again.`,
        retryable: false,
      }
    case 'refused':
      return {
        message: `${name} does not let Porthole through to ${host}:${port}.`,
        detail: failure.status,
        action: `Ask for access to ${host}, or put the host into NO_PROXY when it is reached directly.`,
        retryable: false,
      }
  }
}
