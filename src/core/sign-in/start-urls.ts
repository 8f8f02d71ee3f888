import { HttpRequest } from '@smithy/core/protocols'
import { PortholeError } from '../../contract/errors.ts'
import { toAwsError } from '../aws/aws-errors.ts'
import type { AwsConnection } from '../aws/connection.ts'
import { isLoopbackHost, requireSafeUrl } from '../aws/loopback.ts'

/** Finds out where a start URL under a company's own name leads. */
export interface StartUrls {
  /**
   * The start URL that Identity Center itself knows. One of AWS's own is it already.
   *
   * @throws {PortholeError} ENDPOINT_REFUSED when it leads somewhere else, NETWORK, INVALID_REQUEST
   */
  resolve(startUrl: string): Promise<string>
}

/** What a server said to a request for the start URL. */
export interface StartUrlAnswer {
  status: number
  location?: string
}

/** Hosts of access portals and issuers in all partitions: those that the AWS CLI accepts (its `sso/resolve.py`). */
const ownHosts: readonly RegExp[] = [
  /\.awsapps\.(com|cn)$/,
  /\.app\.aws$/,
  /\.portal\.amazonaws\.(com|com\.cn|eu)$/,
  /^identitycenter\.(amazonaws\.(com|com\.cn|eu)|us-gov\.amazonaws\.com)$/,
  // Closed partitions: nobody but AWS has names there.
  /\.(c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/,
]

function isOwnHost(host: string): boolean {
  return ownHosts.some((pattern) => pattern.test(host.toLowerCase()))
}

/** Servers that do not know HEAD. */
const headRefused = new Set([405, 501])

export function createStartUrls(
  ask: (method: 'HEAD' | 'GET', url: URL) => Promise<StartUrlAnswer>,
): StartUrls {
  async function whereItLeads(url: URL): Promise<StartUrlAnswer> {
    const answer = await ask('HEAD', url)
    return headRefused.has(answer.status) ? ask('GET', url) : answer
  }

  return {
    async resolve(startUrl) {
      const url = requireSafeUrl(startUrl, 'Start URL')
      if (isOwnHost(url.hostname) || isLoopbackHost(url.hostname)) return startUrl
      const { status, location } = await whereItLeads(url)
      // Whether it is a start URL after all, Identity Center will say.
      if (status < 300 || status >= 400 || location === undefined) return startUrl
      // Only one step: a chain of redirects could end anywhere.
      const target = URL.canParse(location, url) ? new URL(location, url) : undefined
      if (target?.protocol === 'https:' && isOwnHost(target.hostname)) return target.href
      throw new PortholeError({
        code: 'ENDPOINT_REFUSED',
        message: `${url.host} does not lead to IAM Identity Center.`,
        detail: location.slice(0, 500),
        action: 'Check the start URL, or use the one that ends in awsapps.com.',
      })
    },
  }
}

/** The question over the connection that all calls take, with its proxy and its certificates. */
export function startUrlsOver(connection: AwsConnection): StartUrls {
  return createStartUrls(async (method, url) => {
    const { requestHandler } = await connection.clientOptions('sso-oidc', 'us-east-1')
    const request = new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port ? { port: Number(url.port) } : {}),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, 'user-agent': 'porthole' },
    })
    try {
      const { response } = await requestHandler.handle(request)
      const { location } = response.headers
      return { status: response.statusCode, ...(location ? { location } : {}) }
    } catch (error) {
      const { value } = toAwsError(error, { action: 'sso-oauth:start URL' })
      throw new PortholeError({ ...value, message: `${url.host} cannot be reached.` }, { cause: error })
    }
  })
}
