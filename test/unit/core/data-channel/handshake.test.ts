import { describe, expect, test } from 'vitest'
import {
  answerHandshake,
  clientVersion,
  readHandshakeComplete,
  readHandshakeRequest,
} from '../../../../src/core/data-channel/handshake.ts'
import { agentFrame } from './frames.ts'

const noKey = () => Promise.reject(new Error('No key was asked for'))

const requestFor = (...actions: [type: string, parameters: unknown][]) => ({
  AgentVersion: '3.3.987.0',
  RequestedClientActions: actions.map(([ActionType, ActionParameters]) => ({ ActionType, ActionParameters })),
})

test("the answer to a shell's handshake is the plugin's, key for key", async () => {
  const request = readHandshakeRequest(
    agentFrame(
      '{"AgentVersion":"3.3.987.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":{"SessionType":"InteractiveCommands","Properties":null}}]}',
    ),
  )
  expect(request).toBeDefined()
  if (request === undefined) return
  const { response, failure } = await answerHandshake(request, noKey)
  expect(failure).toBeUndefined()
  expect(JSON.stringify(response)).toBe(
    `{"ClientVersion":"${clientVersion}","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}`,
  )
})

describe('session types', () => {
  test.each(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands'])(
    '%s is a shell',
    async (SessionType) => {
      const { response, failure } = await answerHandshake(requestFor(['SessionType', { SessionType }]), noKey)
      expect(response.ProcessedClientActions[0]?.ActionStatus).toBe(1)
      expect(failure).toBeUndefined()
    },
  )

  test.each([[{ SessionType: 'Port' }], [{ SessionType: 'Hologram' }], [null], ['text']])(
    '%j is refused as failed',
    async (parameters) => {
      const { response, failure } = await answerHandshake(requestFor(['SessionType', parameters]), noKey)
      expect(response.ProcessedClientActions[0]?.ActionStatus).toBe(2)
      expect(response.Errors).toHaveLength(1)
      expect(failure?.actionType).toBe('SessionType')
    },
  )
})

test('an action that nobody knows is answered with status 3, beside the others', async () => {
  const { response, failure } = await answerHandshake(
    requestFor(['SessionType', { SessionType: 'Standard_Stream' }], ['Levitation', {}]),
    noKey,
  )
  expect(response.ProcessedClientActions.map((action) => action.ActionStatus)).toEqual([1, 3])
  expect(response.ProcessedClientActions[1]?.ActionResult).toBeNull()
  expect(failure?.message).toBe('Unsupported action Levitation')
})

describe('KMS', () => {
  const kmsRequest = (parameters: unknown) => requestFor(['KMSEncryption', parameters])

  test('the key and the challenge go to whoever agrees keys, the cipher text goes back', async () => {
    const asked: unknown[] = []
    const { response } = await answerHandshake(
      kmsRequest({ KMSKeyId: 'arn:aws:kms:eu-west-1:1:key/k', Challenge: 'Y2hhbGxlbmdl' }),
      async (...parameters) => {
        asked.push(parameters)
        return { cipherTextKey: Buffer.from('sealed'), challengeAcknowledged: true }
      },
    )
    expect(asked).toEqual([['arn:aws:kms:eu-west-1:1:key/k', 'Y2hhbGxlbmdl']])
    expect(JSON.stringify(response.ProcessedClientActions[0]?.ActionResult)).toBe(
      '{"KMSCipherTextKey":"c2VhbGVk","KMSCipherTextHash":null,"ChallengeAcknowledgement":true}',
    )
  })

  test('a key that cannot be had is told to both sides, with its cause', async () => {
    const cause = new Error('AccessDeniedException: no')
    const { response, failure } = await answerHandshake(kmsRequest({ KMSKeyId: 'k' }), () =>
      Promise.reject(cause),
    )
    expect(response.ProcessedClientActions[0]).toMatchObject({ ActionStatus: 2, Error: cause.message })
    expect(failure?.cause).toBe(cause)
  })

  test('a request without a key fails', async () => {
    const { failure } = await answerHandshake(kmsRequest({}), noKey)
    expect(failure?.actionType).toBe('KMSEncryption')
  })
})

test.each(['', '{', 'null', '[]', '{"RequestedClientActions":7}', '{"RequestedClientActions":[{}]}'])(
  'the request %j cannot be read',
  (payload) => {
    expect(readHandshakeRequest(agentFrame(payload))).toBeUndefined()
  },
)

test.each([
  [
    '{"HandshakeTimeToComplete":1,"CustomerMessage":"This session is encrypted using AWS KMS."}',
    'This session is encrypted using AWS KMS.',
  ],
  ['{"HandshakeTimeToComplete":1,"CustomerMessage":""}', undefined],
  ['{"HandshakeTimeToComplete":1}', undefined],
  ['garbage', undefined],
])('the completion %j says %j', (payload, message) => {
  expect(readHandshakeComplete(agentFrame(payload))).toBe(message)
})
