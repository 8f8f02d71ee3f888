import { type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../ledger/canonical-json.ts'

/** Part of what is signed, so that a signature of anything else never passes for a checkpoint. */
const domain = 'porthole/checkpoint/v1'

/** What a checkpoint says: at this moment the chain of this installation had reached this event. */
const checkpointFactsSchema = z.object({
  installId: z.uuid(),
  /** 1, 2, 3 and so on: a missing one is noticed. */
  number: z.number().int().positive(),
  seq: z.number().int().positive(),
  /** Of event `seq`, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Epoch milliseconds. */
  at: z.number(),
})
export type CheckpointFacts = z.infer<typeof checkpointFactsSchema>

export const checkpointSchema = checkpointFactsSchema.extend({
  /** Ed25519, base64. */
  signature: z.base64(),
})
export type Checkpoint = z.infer<typeof checkpointSchema>

export function signCheckpoint(facts: CheckpointFacts, key: KeyObject): Checkpoint {
  return { ...facts, signature: sign(null, signedBytes(facts), key).toString('base64') }
}

/** Whether the owner of the key said so. Never throws, whatever the signature is made of. */
export function isSignedBy(checkpoint: Checkpoint, publicKey: KeyObject): boolean {
  const { signature, ...facts } = checkpoint
  try {
    return verify(null, signedBytes(facts), publicKey, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** The domain, 0x00, and the facts in canonical JSON. */
function signedBytes({ installId, number, seq, hash, at }: CheckpointFacts): Uint8Array {
  return Buffer.from(`${domain}\0${canonicalJson({ installId, number, seq, hash, at })}`, 'utf8')
}
