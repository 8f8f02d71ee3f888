import { createHash } from 'node:crypto'

/**
 * The hash chain of the ledger. The version is part of every hash: a later
 * format starts from the last hash of this one and rewrites nothing.
 */
const domain = 'porthole/audit/v1'

export const hashLength = 32

/** What the first event follows: ties a chain to the installation that wrote it. */
export function genesisHash(installId: string): Uint8Array {
  return sha256(Buffer.from(installId, 'utf8'))
}

/**
 * SHA-256(domain, 0x00, seq as 8 bytes big-endian, previous hash, SHA-256(body)).
 * @param body the exact bytes that are stored.
 */
export function eventHash(seq: number, previous: Uint8Array, body: Uint8Array): Uint8Array {
  const position = Buffer.alloc(8)
  position.writeBigUInt64BE(BigInt(seq))
  return createHash('sha256')
    .update(domain)
    .update(Uint8Array.of(0))
    .update(position)
    .update(previous)
    .update(sha256(body))
    .digest()
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}
