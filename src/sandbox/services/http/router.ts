import { gzipSync } from 'node:zlib'
import type { Faults } from '../faults.ts'
import type { ConsoleLoginService } from '../identity/console-login-service.ts'
import type { MetadataService } from '../identity/metadata-service.ts'
import type { StsService } from '../identity/sts-service.ts'
import { type PluginSite, pluginSitePath } from '../plugin-site/plugin-site.ts'
import { isSignedForS3 } from '../s3/s3-request.ts'
import type { S3Service } from '../s3/s3-service.ts'
import { isLoopback } from '../sign-in/clients.ts'
import type { OidcService } from '../sign-in/oidc-service.ts'
import { messagePage, pageHeaders } from '../sign-in/pages.ts'
import type { PortalService } from '../sign-in/portal-service.ts'
import { ApiInput } from './api-input.ts'
import { AwsError } from './aws-error.ts'
import type { Exchange } from './exchange.ts'
import { type JsonProtocol, toAwsError } from './json-protocol.ts'
import type { QueryServices } from './query-services.ts'
import { respondJson, respondRestError } from './rest-json.ts'

export interface RouterParts {
  json: JsonProtocol
  query: QueryServices
  s3: S3Service
  sts: StsService
  oidc: OidcService
  portal: PortalService
  pluginSite: PluginSite
  metadata: MetadataService
  consoleLogin: ConsoleLoginService
  faults: Faults
}

type Handler = (exchange: Exchange) => void | Promise<void>

/** Finds who answers: by target header, by `Action`, by what it is signed for, or by method and path. */
export class Router {
  readonly #parts: RouterParts
  readonly #calls: Readonly<Record<string, Handler>>
  readonly #pages: Readonly<Record<string, Handler>>

  constructor(parts: RouterParts) {
    this.#parts = parts
    const { oidc, portal, metadata, consoleLogin } = parts
    this.#calls = {
      'POST /client/register': (exchange) => oidc.register(exchange),
      'POST /device_authorization': (exchange) => oidc.startDeviceAuthorization(exchange),
      'POST /token': (exchange) => oidc.createToken(exchange),
      'GET /assignment/accounts': (exchange) => portal.listAccounts(exchange),
      'GET /assignment/roles': (exchange) => portal.listAccountRoles(exchange),
      'GET /federation/credentials': (exchange) => portal.getRoleCredentials(exchange),
      'POST /logout': (exchange) => portal.logout(exchange),
      'GET /container-credentials': (exchange) => metadata.container(exchange),
      'PUT /latest/api/token': (exchange) => metadata.issueToken(exchange),
      'POST /v1/token': (exchange) => consoleLogin.createToken(exchange),
      'POST /_sandbox/console-login': (exchange) => consoleLogin.logIn(exchange),
      'POST /_sandbox/faults': (exchange) => this.#setFaults(exchange),
    }
    this.#pages = {
      'GET /authorize': (exchange) => oidc.showAuthorize(exchange),
      'POST /authorize': (exchange) => oidc.decideAuthorize(exchange),
      'GET /device': (exchange) => oidc.showDevice(exchange),
      'POST /device': (exchange) => oidc.decideDevice(exchange),
    }
  }

  async answer(exchange: Exchange): Promise<void> {
    const route = `${exchange.method} ${exchange.path}`
    if (exchange.headers['x-amz-target'] !== undefined) return this.#parts.json.answer(exchange)
    if (isSignedForS3(exchange)) return this.#parts.s3.answer(exchange)
    if (exchange.path === '/' && isQueryCall(exchange)) return this.#answerQuery(exchange)
    if (exchange.path.startsWith(pluginSitePath)) return this.#parts.pluginSite.answer(exchange)
    const page = Object.hasOwn(this.#pages, route) ? this.#pages[route] : undefined
    if (page) return answerPage(exchange, page)
    const { metadata } = this.#parts
    if (metadata.owns(exchange)) return this.#answerRest(exchange, (each) => metadata.instance(each))
    const call = Object.hasOwn(this.#calls, route) ? this.#calls[route] : undefined
    return this.#answerRest(exchange, call ?? unknownRoute)
  }

  async #answerQuery(exchange: Exchange): Promise<void> {
    if (!(await this.#parts.query.answer(exchange))) await this.#parts.sts.answer(exchange)
  }

  async #answerRest(exchange: Exchange, handler: Handler): Promise<void> {
    try {
      await this.#parts.faults.delay(exchange.path)
      await handler(this.#parts.faults.signIn.gzip ? compressed(exchange) : exchange)
    } catch (thrown) {
      respondRestError(exchange, toAwsError(thrown))
    }
  }

  /** JSON only: a web page cannot send that to us without asking first, and we never allow it. */
  #setFaults(exchange: Exchange): void {
    if (exchange.headers.origin !== undefined || exchange.headers['content-type'] !== 'application/json') {
      throw new AwsError('InvalidRequest', 'Faults are set with a JSON body, and not by web pages.', 403)
    }
    this.#parts.faults.apply(ApiInput.parse(exchange.body.toString('utf8')))
    respondJson(exchange, {})
  }
}

function compressed(exchange: Exchange): Exchange {
  return {
    ...exchange,
    respond({ headers, body, ...answer }) {
      // Identity Center answers with whole texts, never piece by piece.
      const packed = gzipSync(typeof body === 'string' ? body : '')
      exchange.respond({ ...answer, headers: { ...headers, 'content-encoding': 'gzip' }, body: packed })
    },
  }
}

function isQueryCall(exchange: Exchange): boolean {
  const contentType = exchange.headers['content-type'] ?? ''
  return contentType.startsWith('application/x-www-form-urlencoded') || exchange.query.has('Action')
}

/** A name that only points at this computer could be someone else's page (DNS rebinding). */
async function answerPage(exchange: Exchange, page: Handler): Promise<void> {
  const host = `http://${exchange.headers.host ?? ''}`
  if (URL.canParse(host) && isLoopback(new URL(host).hostname)) return page(exchange)
  exchange.respond({
    status: 421,
    contentType: 'text/html; charset=utf-8',
    headers: pageHeaders,
    body: messagePage('This page is only for this computer', 'Open it at 127.0.0.1.'),
  })
}

function unknownRoute(exchange: Exchange): void {
  throw new AwsError(
    'UnknownOperationException',
    `The sandbox has nothing at ${exchange.method} ${exchange.path}.`,
    404,
  )
}
