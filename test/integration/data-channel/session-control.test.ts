import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ssmSessionControl } from '../../../src/core/data-channel/session-control.ts'

let server: Server
let answer: { status: number; body: unknown }
let operations: string[]

beforeEach(async () => {
  operations = []
  server = createServer((request, response) => {
    operations.push(String(request.headers['x-amz-target']))
    request.resume()
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

function control(endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`) {
  return ssmSessionControl({
    endpoint,
    region: 'eu-west-1',
    credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }),
  })
}

test('a new token and stream URL', async () => {
  answer = { status: 200, body: { SessionId: 's', TokenValue: 't', StreamUrl: 'wss://x/' } }
  expect(await control().resume('s')).toEqual({ tokenValue: 't', streamUrl: 'wss://x/' })
  await control().terminate('s')
  expect(operations).toEqual(['AmazonSSM.ResumeSession', 'AmazonSSM.TerminateSession'])
})

test.each([
  ['no token', { status: 200, body: { SessionId: 's' } }],
  ['no such session', { status: 400, body: { __type: 'DoesNotExistException', message: 'gone' } }],
])('%s: over', async (_name, given) => {
  answer = given
  expect(await control().resume('s')).toBe('over')
})

test.each([
  [400, 'AccessDeniedException', 'ACCESS_DENIED', false],
  [400, 'ExpiredTokenException', 'CREDENTIALS_EXPIRED', true],
  [400, 'ThrottlingException', 'THROTTLED', true],
  [500, 'InternalServerError', 'AWS_ERROR', true],
])('%i %s: %s, one attempt', async (status, name, code, retryable) => {
  answer = { status, body: { __type: name, message: 'so it is' } }
  await expect(control().resume('s')).rejects.toMatchObject({
    value: { code, retryable, detail: `${name}: so it is` },
  })
  expect(operations).toHaveLength(1)
})

test('nobody there: a network error that may pass', async () => {
  await expect(control('http://127.0.0.1:9').resume('s')).rejects.toMatchObject({
    value: { code: 'NETWORK', retryable: true },
  })
})
