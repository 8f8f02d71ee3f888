import { refused } from './install-errors.ts'

/**
 * Fingerprint of the key with which AWS signs the plugin for Linux since 1.2.707.0.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/install-plugin-linux-verify-signature.html
 */
export const awsKeyFingerprint = '7959637124ce093ad501d47a2c4d4aff6f6757ee'

/** A key that signatures are checked with. */
export interface TrustedKey {
  /** ASCII-armored OpenPGP public key. */
  armored: string
  /** The key must have this fingerprint, in lower-case hex; undefined for a key that somebody chose. */
  fingerprint: string | undefined
}

/**
 * Checks a detached OpenPGP signature, binary or armored.
 * @throws {PortholeError} PLUGIN_REFUSED, also when the key is not the one that is expected
 */
export async function verifyOpenPgpSignature(options: {
  bytes: Uint8Array
  signature: Uint8Array
  key: TrustedKey
}): Promise<void> {
  // Loaded when needed, and never bundled: its licence (LGPL) asks that it can be exchanged.
  const openpgp = await import('openpgp')
  const { bytes, signature, key } = options
  try {
    const publicKey = await openpgp.readKey({ armoredKey: key.armored })
    const fingerprint = publicKey.getFingerprint()
    if (key.fingerprint !== undefined && fingerprint !== key.fingerprint)
      throw new Error(`The key has the fingerprint ${fingerprint} instead of ${key.fingerprint}.`)
    const { signatures } = await openpgp.verify({
      message: await openpgp.createMessage({ binary: bytes }),
      signature: await readSignature(signature),
      verificationKeys: publicKey,
      format: 'binary',
    })
    if (signatures.length === 0) throw new Error('There is no signature in the signature file.')
    for (const each of signatures) await each.verified
  } catch (thrown) {
    throw refused(
      'The plugin is not signed with the key that Porthole expects.',
      thrown instanceof Error ? thrown.message : String(thrown),
    )
  }

  function readSignature(read: Uint8Array) {
    const text = Buffer.from(read).toString('latin1')
    return text.startsWith('-----BEGIN')
      ? openpgp.readSignature({ armoredSignature: text })
      : openpgp.readSignature({ binarySignature: read })
  }
}
