import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import type { RoleCredentials } from '../aws/credentials.ts'

export interface SignableRequest {
  method: 'GET' | 'POST'
  /** Goes out byte for byte as it is here. */
  url: URL
  service: string
  region: string
  headers: Record<string, string>
  body?: string
  credentials: RoleCredentials
  /** Epoch milliseconds. */
  now: number
}

/** The request's headers with its SigV4 signature, `host` included. */
export async function signRequest(request: SignableRequest): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: request.service,
    region: request.region,
    credentials: {
      accessKeyId: request.credentials.accessKeyId,
      secretAccessKey: request.credentials.secretAccessKey,
      sessionToken: request.credentials.sessionToken,
    },
    sha256: Sha256,
    applyChecksum: false,
  })
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: request.url.protocol,
      hostname: request.url.hostname,
      port: request.url.port === '' ? undefined : Number(request.url.port),
      path: request.url.pathname,
      query: readQuery(request.url.search),
      headers: { ...request.headers, host: request.url.host },
      body: request.body,
    },
    { signingDate: new Date(request.now) },
  )
  return signed.headers
}

/** Query parameters, decoded once: the signer encodes them again in its own canonical way. */
function readQuery(search: string): Record<string, string | string[]> {
  const parameters = new URLSearchParams(search)
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name)
      return [name, values.length === 1 ? (values[0] ?? '') : values]
    }),
  )
}
