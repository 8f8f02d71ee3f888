import { hkdfSync } from 'node:crypto'

/** What is encrypted beside the recordings, each under a key that tells nothing of the master key. */
export const keyPurposes = ['transcripts', 'cloud-file', 'session-index'] as const
export type KeyPurpose = (typeof keyPurposes)[number]

/** @returns 32 bytes */
export function derivedKey(masterKey: Uint8Array, purpose: KeyPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', masterKey, '', `porthole ${purpose}`, 32))
}
