import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  agreeSessionKey,
  DecryptionError,
  SessionEncryption,
} from '../../../../src/core/data-channel/session-encryption.ts'
import { agentFrame } from './frames.ts'

const dataKey = Buffer.from(Array.from({ length: 64 }, (_, index) => index))
const agentKey = dataKey.subarray(0, 32)
const clientKey = dataKey.subarray(32)

/** The agent's side, written down again from the specification: nonce, cipher text, tag. */
function agentSeals(plainText: Uint8Array, nonce = randomBytes(12)): Buffer {
  const cipher = createCipheriv('aes-256-gcm', agentKey, nonce)
  return Buffer.concat([nonce, cipher.update(plainText), cipher.final(), cipher.getAuthTag()])
}

function agentOpens(sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', clientKey, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString()
}

describe('session encryption', () => {
  const encryption = new SessionEncryption(dataKey)

  test('a vector made by another implementation decrypts with the first half of the key', () => {
    // Python's cryptography: AESGCM(bytes(range(32))).encrypt(bytes(range(12)), b"ls -la", None)
    const sealed = Buffer.from('000102030405060708090a0b2b71f636a984e1fb8ccbc597cad504beb72bdd5d94b1', 'hex')
    expect(Buffer.from(encryption.decrypt(sealed)).toString()).toBe('ls -la')
  })

  test('what we encrypt opens with the second half, under a new nonce each time', () => {
    const first = encryption.encrypt(Buffer.from('whoami'))
    const second = encryption.encrypt(Buffer.from('whoami'))
    expect(agentOpens(first)).toBe('whoami')
    expect(agentOpens(second)).toBe('whoami')
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(false)
  })

  test('changed bytes, the other direction and fragments are refused', () => {
    const sealed = agentSeals(Buffer.from('output'))
    for (let at = 0; at < sealed.byteLength; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => encryption.decrypt(changed)).toThrow(DecryptionError)
      expect(() => encryption.decrypt(sealed.subarray(0, at))).toThrow(DecryptionError)
    }
    expect(() => encryption.decrypt(encryption.encrypt(Buffer.from('mine')))).toThrow(DecryptionError)
  })

  test('answers the challenge with the same secret under our own key', () => {
    const secret = 'sixty-four random bytes'
    const challenge = agentSeals(Buffer.from(secret)).toString('base64')
    const answer = encryption.answerChallenge(agentFrame(JSON.stringify({ Challenge: challenge })))
    const sealed = JSON.parse(Buffer.from(answer ?? '').toString()) as { Challenge: string }
    expect(agentOpens(Buffer.from(sealed.Challenge, 'base64'))).toBe(secret)
  })

  test('a challenge that is none has no answer, one under a wrong key is an error', () => {
    expect(encryption.answerChallenge(agentFrame('{}'))).toBeUndefined()
    const wrong = JSON.stringify({ Challenge: randomBytes(92).toString('base64') })
    expect(() => encryption.answerChallenge(agentFrame(wrong))).toThrow(DecryptionError)
  })

  test('a data key of the wrong length is refused', () => {
    expect(() => new SessionEncryption(dataKey.subarray(1))).toThrow('63 bytes instead of 64')
  })
})

describe('agreeing the key', () => {
  test.each([
    ['with', 'Y2hhbGxlbmdl', true],
    ['without', undefined, false],
  ])('%s a challenge', async (_name, challenge, acknowledged) => {
    const asked: unknown[] = []
    const { agreed } = await agreeSessionKey({
      kmsKeyId: 'key',
      challenge,
      sessionId: 'ecs-execute-command-abc',
      target: 'ecs:shop_0123_0123-1',
      generateDataKey: async (request) => {
        asked.push(request)
        return { plainText: dataKey, cipherText: Buffer.from('sealed') }
      },
    })
    expect(asked).toEqual([
      {
        keyId: 'key',
        numberOfBytes: 64,
        encryptionContext: {
          'aws:ssm:SessionId': 'ecs-execute-command-abc',
          'aws:ssm:TargetId': 'ecs:shop_0123_0123-1',
          ...(challenge === undefined ? {} : { 'aws:ssm:RandomChallenge': challenge }),
        },
      },
    ])
    expect(agreed).toEqual({ cipherTextKey: Buffer.from('sealed'), challengeAcknowledged: acknowledged })
  })
})
