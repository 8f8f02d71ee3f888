import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** What GenerateDataKey is asked for: one AES-256 key per direction. */
export const dataKeyLength = 64

const keyLength = 32
const nonceLength = 12
const tagLength = 16

/**
 * Encrypts a session's output and decrypts its input with the two halves of a
 * KMS data key: AES-256-GCM without additional data, on the wire as
 * nonce (12 bytes), cipher text, tag (16 bytes). Source: amazon-ssm-agent.
 */
export class SessionCipher {
  readonly #toClient: Uint8Array
  readonly #fromClient: Uint8Array

  /** @param dataKey 64 bytes: the first half is agent to client, the second client to agent */
  constructor(dataKey: Uint8Array) {
    this.#toClient = dataKey.subarray(0, keyLength)
    this.#fromClient = dataKey.subarray(keyLength, dataKeyLength)
  }

  encrypt(plain: Uint8Array): Uint8Array {
    const nonce = randomBytes(nonceLength)
    const cipher = createCipheriv('aes-256-gcm', this.#toClient, nonce)
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** Undefined when the bytes were not encrypted with the client's half of the key. */
  decrypt(sealed: Uint8Array): Uint8Array | undefined {
    if (sealed.byteLength < nonceLength + tagLength) return undefined
    const tagStart = sealed.byteLength - tagLength
    const decipher = createDecipheriv('aes-256-gcm', this.#fromClient, sealed.subarray(0, nonceLength))
    decipher.setAuthTag(sealed.subarray(tagStart))
    try {
      return Buffer.concat([decipher.update(sealed.subarray(nonceLength, tagStart)), decipher.final()])
    } catch {
      return undefined
    }
  }
}
