import type { AwsError } from './aws-error.ts'
import type { Exchange } from './exchange.ts'

/** Answers of the services that speak rest-json: SSO OIDC and the SSO portal. */
export function respondJson(exchange: Exchange, body: unknown, status = 200): void {
  exchange.respond({
    status,
    contentType: 'application/json',
    headers: { 'x-amzn-requestid': exchange.requestId, 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  })
}

/** The name goes into a header; the body is the members that the service gave, or just a message. */
export function respondRestError(exchange: Exchange, error: AwsError): void {
  const hasMembers = Object.keys(error.members).length > 0
  exchange.respond({
    status: error.status,
    contentType: 'application/json',
    headers: { 'x-amzn-requestid': exchange.requestId, 'x-amzn-errortype': `${error.code}:` },
    body: JSON.stringify(hasMembers ? error.members : { message: error.message }),
  })
}
