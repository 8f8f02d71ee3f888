import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GatewayFixture, target } from './gateway-fixture.ts'
import { PatternProcess, shellProcess } from './processes.ts'

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/5f1e0000-0000-4000-8000-000000000001'
const bytes = (text: string) => new TextEncoder().encode(text)

/** GenerateDataKey over HTTP, and the agent's side of it: the same key for the same context only. */
class TinyKms implements AsyncDisposable {
  readonly #keys = new Map<string, { plainText: Buffer; context: string }>()
  readonly #server: Server
  readonly requests: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = []
  refuseWith: { status: number; type: string } | undefined

  constructor() {
    this.#server = createServer(async (request, response) => {
      const body = JSON.parse(await readText(request)) as { EncryptionContext: Record<string, string> }
      this.requests.push({ headers: request.headers, body })
      if (this.refuseWith !== undefined) {
        response
          .writeHead(this.refuseWith.status)
          .end(JSON.stringify({ __type: this.refuseWith.type, message: 'no' }))
        return
      }
      const plainText = randomBytes(64)
      const blob = randomBytes(40).toString('base64')
      this.#keys.set(blob, { plainText, context: contextText(body.EncryptionContext) })
      response.end(
        JSON.stringify({ CiphertextBlob: blob, Plaintext: plainText.toString('base64'), KeyId: keyArn }),
      )
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  decrypt = (cipherText: Uint8Array, context: Record<string, string>): Uint8Array | undefined => {
    const key = this.#keys.get(Buffer.from(cipherText).toString('base64'))
    return key?.context === contextText(context) ? key.plainText : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

const contextText = (context: Record<string, string>) => JSON.stringify(Object.entries(context).toSorted())

let kms: TinyKms
let fixture: GatewayFixture

beforeEach(async () => {
  kms = new TinyKms()
  await kms.start()
  fixture = await GatewayFixture.start()
})

afterEach(async () => {
  await fixture[Symbol.asyncDispose]()
  await kms[Symbol.asyncDispose]()
})

describe('a session encrypted with a KMS key', () => {
  const encrypted = () => ({ kms: { keyArn, decrypt: kms.decrypt }, kmsEndpoint: kms.endpoint })

  test('agrees the key, then carries a shell', async () => {
    const { sessionId, session, events } = fixture.open({ process: shellProcess, ...encrypted() })
    await events.untilText('container# ')
    expect(events.names).toEqual(['encrypted', 'ready'])
    session.write(bytes('stty size\r'))
    await events.untilText('30 100\r\n')
    expect(events.text()).toContain('This session is encrypted using AWS KMS.\r\n')
    expect(kms.requests).toHaveLength(1)
    expect(kms.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'TrentService.GenerateDataKey',
      'content-type': 'application/x-amz-json-1.1',
      authorization: expect.stringContaining('/eu-west-1/kms/aws4_request'),
    })
    expect(kms.requests[0]?.body).toMatchObject({
      KeyId: keyArn,
      NumberOfBytes: 64,
      EncryptionContext: { 'aws:ssm:SessionId': sessionId, 'aws:ssm:TargetId': target },
    })
    session.write(bytes('exit\r'))
    await events.untilEvent('ended')
    expect(events.end?.reason).toBe('exited')
  })

  test('keeps what was typed before the handshake was over, and survives a lost socket', async () => {
    const process = new PatternProcess(0)
    const { sessionId, session, events } = fixture.open({ process: async () => process, ...encrypted() })
    const typed = Promise.withResolvers<void>()
    process.onTyped = () => {
      if (Buffer.concat(process.typed).toString() === 'early, late') typed.resolve()
    }
    session.write(bytes('early'))
    await events.untilEvent('ready')
    fixture.gateway.killSocket(sessionId, 'abrupt')
    await events.untilEvent('reconnecting')
    session.write(bytes(', late'))
    await typed.promise
    expect(kms.requests).toHaveLength(1)
  })

  test.each([
    [400, 'AccessDeniedException', 'ACCESS_DENIED'],
    [400, 'com.amazonaws.kms#DisabledException', 'AWS_ERROR'],
    [500, 'KMSInternalException', 'AWS_ERROR'],
  ])('KMS answers %i %s: failed with %s', async (status, type, code) => {
    kms.refuseWith = { status, type }
    const { events } = fixture.open({ process: shellProcess, ...encrypted() })
    await events.untilEvent('ended')
    expect(events.names).toEqual(['ended'])
    expect(events.end).toMatchObject({
      reason: 'failed',
      error: { code, detail: `${type.split('#').at(-1)}: no` },
    })
  })

  test('KMS cannot be reached: failed, and says so', async () => {
    const { events } = fixture.open({
      process: shellProcess,
      ...encrypted(),
      kmsEndpoint: 'http://127.0.0.1:9',
    })
    await events.untilEvent('ended')
    expect(events.end).toMatchObject({ reason: 'failed', error: { code: 'NETWORK' } })
  })
})

describe('a handshake without a key', () => {
  test('carries a shell', async () => {
    await using shaking = await GatewayFixture.start({ handshake: 'always' })
    const { session, events } = shaking.open({ process: shellProcess })
    await events.untilText('container# ')
    expect(events.names).toEqual(['ready'])
    session.write(bytes('stty size\r'))
    await events.untilText('30 100\r\n')
  })

  test('that asks for something unknown fails', async () => {
    const { events } = fixture.open({ process: shellProcess, faults: { unknownHandshakeAction: true } })
    await events.untilEvent('ended')
    expect(events.end).toMatchObject({ reason: 'failed', error: { code: 'HANDSHAKE_FAILED' } })
  })
})
