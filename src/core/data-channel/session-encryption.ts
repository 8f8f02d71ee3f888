import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Frame } from './frame.ts'
import type { AgreedKey } from './handshake.ts'
import { readJson } from './json-payload.ts'

/** AES-256-GCM without additional data; on the wire nonce, cipher text, tag. */
const cipherName = 'aes-256-gcm'
const nonceLength = 12
const tagLength = 16
const directionKeyLength = 32
/** One key for each direction. */
const dataKeyLength = 2 * directionKeyLength

const challengeSchema = z.object({ Challenge: z.base64() })

/** A data key as KMS returns it. */
export interface DataKey {
  plainText: Uint8Array
  cipherText: Uint8Array
}

/** Asks KMS for a data key of `dataKeyLength` bytes. */
export type GenerateDataKey = (request: {
  keyId: string
  numberOfBytes: number
  encryptionContext: Record<string, string>
}) => Promise<DataKey>

/** Payload that does not decrypt: another key, or bytes changed on the way. */
export class DecryptionError extends Error {
  override name = 'DecryptionError'
}

/**
 * Encryption between us and the agent with a KMS data key, on top of TLS.
 * Of our frames only typed input is encrypted, of the agent's only output,
 * standard error and exit code; sizes, flags and the handshake never.
 */
export class SessionEncryption {
  readonly #agentKey: Uint8Array
  readonly #clientKey: Uint8Array

  /** @param dataKey 64 bytes: the first half is the agent's direction, the second ours */
  constructor(dataKey: Uint8Array) {
    if (dataKey.byteLength !== dataKeyLength) {
      throw new RangeError(`The data key has ${dataKey.byteLength} bytes instead of ${dataKeyLength}`)
    }
    this.#agentKey = dataKey.subarray(0, directionKeyLength)
    this.#clientKey = dataKey.subarray(directionKeyLength)
  }

  encrypt(plainText: Uint8Array): Uint8Array {
    const nonce = randomBytes(nonceLength)
    const cipher = createCipheriv(cipherName, this.#clientKey, nonce)
    return Buffer.concat([nonce, cipher.update(plainText), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws {DecryptionError} */
  decrypt(sealed: Uint8Array): Uint8Array {
    if (sealed.byteLength < nonceLength + tagLength) {
      throw new DecryptionError(`Encrypted payload of ${sealed.byteLength} bytes`)
    }
    const nonce = sealed.subarray(0, nonceLength)
    const tag = sealed.subarray(sealed.byteLength - tagLength)
    const decipher = createDecipheriv(cipherName, this.#agentKey, nonce, { authTagLength: tagLength })
    decipher.setAuthTag(tag)
    try {
      const plainText = decipher.update(sealed.subarray(nonceLength, sealed.byteLength - tagLength))
      decipher.final()
      return plainText
    } catch (cause) {
      throw new DecryptionError('Encrypted payload does not fit the session key', { cause })
    }
  }

  /**
   * The agent's proof that both ends hold the same key: 64 random bytes come
   * encrypted its way and go back encrypted ours.
   * @returns the payload of the answer, or undefined when the frame holds no challenge
   * @throws {DecryptionError}
   */
  answerChallenge(frame: Frame): Uint8Array | undefined {
    const challenge = readJson(frame.payload, challengeSchema)?.Challenge
    if (challenge === undefined) return undefined
    const secret = this.decrypt(Buffer.from(challenge, 'base64'))
    return Buffer.from(JSON.stringify({ Challenge: Buffer.from(this.encrypt(secret)).toString('base64') }))
  }
}

/**
 * Gets a data key for this session from KMS.
 *
 * The context ties the key to the session and its target; the agent decrypts
 * with the same one. An agent that sends a challenge with the key's name wants
 * it in the context too, so that an old answer cannot be played again.
 */
export async function agreeSessionKey(options: {
  kmsKeyId: string
  challenge: string | undefined
  sessionId: string
  target: string
  generateDataKey: GenerateDataKey
}): Promise<{ encryption: SessionEncryption; agreed: AgreedKey }> {
  const encryptionContext: Record<string, string> = {
    'aws:ssm:SessionId': options.sessionId,
    'aws:ssm:TargetId': options.target,
  }
  if (options.challenge !== undefined) encryptionContext['aws:ssm:RandomChallenge'] = options.challenge
  const key = await options.generateDataKey({
    keyId: options.kmsKeyId,
    numberOfBytes: dataKeyLength,
    encryptionContext,
  })
  return {
    encryption: new SessionEncryption(key.plainText),
    agreed: { cipherTextKey: key.cipherText, challengeAcknowledged: options.challenge !== undefined },
  }
}
