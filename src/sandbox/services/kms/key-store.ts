import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16

export type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion'

interface Key {
  arn: string
  state: KeyState
  material: Buffer
}

/**
 * KMS keys. A data key is really encrypted under its key, with the encryption
 * context as additional data, so a wrong context cannot be decrypted.
 */
export class KeyStore {
  readonly #keys = new Map<string, Key>()
  readonly #aliases = new Map<string, string>()

  add(arn: string, aliasArn: string, state: KeyState = 'Enabled'): void {
    this.#keys.set(arn, { arn, state, material: randomBytes(32) })
    this.#aliases.set(aliasArn, arn)
  }

  /** Undefined when there is no such key. */
  stateOf(arn: string): KeyState | undefined {
    return this.#keys.get(arn)?.state
  }

  /** By key ARN or alias ARN; undefined when there is none. */
  resolve(keyOrAliasArn: string): string | undefined {
    const arn = this.#aliases.get(keyOrAliasArn) ?? keyOrAliasArn
    return this.#keys.has(arn) ? arn : undefined
  }

  /** @throws {Error} when there is no such key: resolve it first */
  encrypt(arn: string, plainText: Uint8Array, context: Readonly<Record<string, string>>): Buffer {
    const key = this.#keys.get(arn)
    if (!key) throw new Error(`There is no key ${arn}.`)
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key.material, nonce).setAAD(contextBytes(context))
    const body = Buffer.concat([cipher.update(plainText), cipher.final()])
    return Buffer.concat([fingerprint(arn), nonce, body, cipher.getAuthTag()])
  }

  /** Undefined when the blob is not of this key or the context differs. */
  decrypt(arn: string, blob: Uint8Array, context: Readonly<Record<string, string>>): Uint8Array | undefined {
    const key = this.#keys.get(arn)
    const head = fingerprint(arn)
    const bytes = Buffer.from(blob)
    if (
      key?.state !== 'Enabled' ||
      bytes.length < head.length + nonceBytes + tagBytes ||
      !bytes.subarray(0, head.length).equals(head)
    ) {
      return undefined
    }
    const nonce = bytes.subarray(head.length, head.length + nonceBytes)
    const body = bytes.subarray(head.length + nonceBytes, -tagBytes)
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.material, nonce)
        .setAAD(contextBytes(context))
        .setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(body), decipher.final()])
    } catch {
      return undefined
    }
  }
}

/** The order of the members does not count in an encryption context. */
function contextBytes(context: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(
    JSON.stringify(Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1))),
  )
}

function fingerprint(arn: string): Buffer {
  return createHash('sha256').update(arn).digest().subarray(0, 8)
}
