import type { AwsError } from './aws-error.ts'
import type { Exchange } from './exchange.ts'

/** The query protocol has its own names, and 403 instead of 400, for refusals of the signature. */
const signatureRefusals: Readonly<Record<string, string>> = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  IncompleteSignatureException: 'IncompleteSignature',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  AccessDeniedException: 'AccessDenied',
  ThrottlingException: 'Throttling',
}

/** EC2 has yet other ones. */
const ec2Refusals: Readonly<Record<string, string>> = {
  ...signatureRefusals,
  MissingAuthenticationTokenException: 'AuthFailure',
  UnrecognizedClientException: 'AuthFailure',
  InvalidSignatureException: 'AuthFailure',
  ExpiredTokenException: 'RequestExpired',
  AccessDeniedException: 'UnauthorizedOperation',
  ThrottlingException: 'RequestLimitExceeded',
}

/** Parameters of a call, from the form body and the query string. */
export function queryParameters(exchange: Exchange): URLSearchParams {
  const parameters = new URLSearchParams(exchange.query)
  for (const [name, value] of new URLSearchParams(exchange.body.toString('utf8'))) parameters.set(name, value)
  return parameters
}

export type XmlValue = string | number | boolean | undefined | XmlMembers | readonly XmlValue[]

export interface XmlMembers {
  [name: string]: XmlValue
}

/** How a service wraps what it answers. */
export interface Envelope {
  /** Elements of lists are named so. */
  item: 'member' | 'item'
  answer(action: string, result: string, requestId: string): string
  error(error: AwsError, requestId: string): { status: number; body: string }
}

/** Query protocol, as of STS and IAM. */
export function awsQueryEnvelope(namespace: string): Envelope {
  return {
    item: 'member',
    answer: (action, result, requestId) =>
      `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`,
    error(error, requestId) {
      const ownName = signatureRefusals[error.code]
      const status = ownName ? 403 : error.status
      const fault = status < 500 ? 'Sender' : 'Receiver'
      return {
        status,
        body: `<ErrorResponse xmlns="${namespace}"><Error><Type>${fault}</Type><Code>${ownName ?? error.code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      }
    },
  }
}

/** EC2's own form of it: no result element, items instead of members, errors in a list. */
export function ec2QueryEnvelope(namespace: string): Envelope {
  return {
    item: 'item',
    answer: (action, result, requestId) =>
      `<${action}Response xmlns="${namespace}"><requestId>${requestId}</requestId>${result}</${action}Response>`,
    error(error, requestId) {
      const ownName = ec2Refusals[error.code]
      return {
        status: ownName ? 403 : error.status,
        body: `<Response><Errors><Error><Code>${ownName ?? error.code}</Code><Message>${escapeXml(error.message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      }
    },
  }
}

export function respondXml(exchange: Exchange, envelope: Envelope, action: string, result: XmlMembers): void {
  respond(exchange, 200, envelope.answer(action, toXml(result, envelope.item), exchange.requestId))
}

export function respondXmlError(exchange: Exchange, envelope: Envelope, error: AwsError): void {
  const { status, body } = envelope.error(error, exchange.requestId)
  respond(exchange, status, body)
}

function respond(exchange: Exchange, status: number, body: string): void {
  const headers = { 'x-amzn-requestid': exchange.requestId }
  exchange.respond({ status, contentType: 'text/xml', headers, body })
}

/** Members without lists, as elements. */
export function membersXml(members: XmlMembers): string {
  return toXml(members, 'member')
}

function toXml(members: XmlMembers, item: string): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${valueXml(value, item)}</${name}>`)
    .join('')
}

function valueXml(value: XmlValue, item: string): string {
  if (isList(value)) return value.map((each) => `<${item}>${valueXml(each, item)}</${item}>`).join('')
  return typeof value === 'object' ? toXml(value, item) : escapeXml(String(value))
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value)
}

export function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
