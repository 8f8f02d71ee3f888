/** A flag of the channel is four bytes, big-endian. */
export function flagPayload(flag: number): Uint8Array {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(flag)
  return payload
}

/** Undefined for what is no flag. */
export function readFlag(payload: Uint8Array): number | undefined {
  if (payload.byteLength !== 4) return undefined
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0)
}
