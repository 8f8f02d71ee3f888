import { z } from 'zod'
import { PortholeError } from '../../contract/errors.ts'
import type { RoleCredentials } from '../aws/credentials.ts'
import type { Clock } from '../clock.ts'
import { readJson } from './json-payload.ts'
import type { GenerateDataKey } from './session-encryption.ts'
import { signRequest } from './sign-request.ts'

/** Shorter than the 15 s for which the agent waits for our answer. */
const answerLimitMilliseconds = 12_000

const dataKeySchema = z.object({ CiphertextBlob: z.base64(), Plaintext: z.base64() })
const kmsErrorSchema = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
})

/** Sends an HTTP request; `fetch` fits, and so does anything that knows a proxy. */
export type HttpFetch = (
  url: URL,
  request: { method: 'POST'; headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number; arrayBuffer(): Promise<ArrayBuffer> }>

/**
 * KMS GenerateDataKey as one signed JSON 1.1 call: the only thing we ever want
 * of KMS, so no client is installed for it.
 * @throws {PortholeError} ACCESS_DENIED, NETWORK or AWS_ERROR, from the returned function
 */
export function kmsDataKeys(options: {
  endpoint: string
  region: string
  credentials: () => Promise<RoleCredentials>
  clock: Clock
  fetch: HttpFetch
}): GenerateDataKey {
  return async ({ keyId, numberOfBytes, encryptionContext }) => {
    const url = new URL('/', options.endpoint)
    const body = JSON.stringify({
      KeyId: keyId,
      NumberOfBytes: numberOfBytes,
      EncryptionContext: encryptionContext,
    })
    const headers = await signRequest({
      method: 'POST',
      url,
      service: 'kms',
      region: options.region,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'TrentService.GenerateDataKey',
      },
      body,
      credentials: await options.credentials(),
      now: options.clock.now(),
    })
    const { host: _host, ...sentHeaders } = headers
    const answer = await post(options.fetch, url, sentHeaders, body)
    const key = answer.status === 200 ? readJson(answer.content, dataKeySchema) : undefined
    if (key === undefined) throw refusal(keyId, answer)
    return {
      plainText: Buffer.from(key.Plaintext, 'base64'),
      cipherText: Buffer.from(key.CiphertextBlob, 'base64'),
    }
  }
}

async function post(fetch: HttpFetch, url: URL, headers: Record<string, string>, body: string) {
  try {
    const signal = AbortSignal.timeout(answerLimitMilliseconds)
    const response = await fetch(url, { method: 'POST', headers, body, signal })
    return { status: response.status, content: new Uint8Array(await response.arrayBuffer()) }
  } catch (cause) {
    throw new PortholeError(
      {
        code: 'NETWORK',
        message: `KMS at ${url.host} cannot be reached, so the session cannot be encrypted.`,
        detail: cause instanceof Error ? cause.message : String(cause),
        action: 'Check the network and the proxy, then connect again.',
        retryable: true,
      },
      { cause },
    )
  }
}

function refusal(keyId: string, answer: { status: number; content: Uint8Array }): PortholeError {
  const error = readJson(answer.content, kmsErrorSchema)
  const name = error?.__type?.split('#').at(-1) ?? `HTTP ${answer.status}`
  const detail = `${name}: ${error?.message ?? error?.Message ?? 'no explanation'}`
  if (name === 'AccessDeniedException') {
    return new PortholeError({
      code: 'ACCESS_DENIED',
      message: 'This role may not use the KMS key that encrypts the session.',
      detail,
      action: `Allow kms:GenerateDataKey on ${keyId} for this role.`,
    })
  }
  return new PortholeError({
    code: 'AWS_ERROR',
    message: 'KMS gave no data key, so the session cannot be encrypted.',
    detail,
    action: `Check that the key ${keyId} exists and is enabled, then connect again.`,
    retryable: answer.status >= 500,
  })
}
