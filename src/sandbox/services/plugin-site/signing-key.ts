/** A key of this run, with which the site's packages are signed as AWS signs its own. */
export interface SigningKey {
  /** ASCII-armored OpenPGP public key. */
  publicKey: string
  /** A detached, binary signature. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** The same kind of key as AWS's: ECDSA on P-256. */
export async function createSigningKey(): Promise<SigningKey> {
  // Loaded when needed, and never bundled: its licence (LGPL) asks that it can be exchanged.
  const openpgp = await import('openpgp')
  const { privateKey, publicKey } = await openpgp.generateKey({
    type: 'ecc',
    curve: 'nistP256',
    userIDs: [{ name: 'Porthole sandbox plugin signer' }],
    format: 'object',
  })
  return {
    publicKey: publicKey.armor(),
    sign: async (bytes) =>
      openpgp.sign({
        message: await openpgp.createMessage({ binary: bytes }),
        signingKeys: privateKey,
        detached: true,
        format: 'binary',
      }),
  }
}
