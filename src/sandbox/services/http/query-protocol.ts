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

/** Parameters of a call, from the form body and the query string. */
export function queryParameters(exchange: Exchange): URLSearchParams {
  const parameters = new URLSearchParams(exchange.query)
  for (const [name, value] of new URLSearchParams(exchange.body.toString('utf8'))) parameters.set(name, value)
  return parameters
}

export interface XmlMembers {
  [name: string]: string | XmlMembers
}

export function respondXml(exchange: Exchange, action: string, namespace: string, result: XmlMembers): void {
  exchange.respond({
    status: 200,
    contentType: 'text/xml',
    headers: { 'x-amzn-requestid': exchange.requestId },
    body: `<${action}Response xmlns="${namespace}"><${action}Result>${toXml(result)}</${action}Result><ResponseMetadata><RequestId>${exchange.requestId}</RequestId></ResponseMetadata></${action}Response>`,
  })
}

export function respondXmlError(exchange: Exchange, namespace: string, error: AwsError): void {
  const ownName = signatureRefusals[error.code]
  const status = ownName ? 403 : error.status
  const fault = status < 500 ? 'Sender' : 'Receiver'
  exchange.respond({
    status,
    contentType: 'text/xml',
    headers: { 'x-amzn-requestid': exchange.requestId },
    body: `<ErrorResponse xmlns="${namespace}"><Error><Type>${fault}</Type><Code>${ownName ?? error.code}</Code><Message>${escapeXml(error.message)}</Message></Error><RequestId>${exchange.requestId}</RequestId></ErrorResponse>`,
  })
}

function toXml(members: XmlMembers): string {
  const element = ([name, value]: [string, string | XmlMembers]) =>
    `<${name}>${typeof value === 'string' ? escapeXml(value) : toXml(value)}</${name}>`
  return Object.entries(members).map(element).join('')
}

function escapeXml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
