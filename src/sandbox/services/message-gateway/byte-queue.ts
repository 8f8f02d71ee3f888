/** Bytes waiting to be sent, taken in pieces that do not cut a character in two. */
export class ByteQueue {
  #pieces: Uint8Array[] = []
  #byteLength = 0

  get byteLength(): number {
    return this.#byteLength
  }

  push(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#pieces.push(bytes)
    this.#byteLength += bytes.byteLength
  }

  /** Up to `limit` bytes (at least 4) that end with a whole UTF-8 character; empty when only the start of one is there. */
  takeCharacters(limit: number): Uint8Array {
    const candidate = this.#peek(limit)
    return this.#drop(candidate, wholeCharactersLength(candidate))
  }

  /** Up to `limit` bytes, wherever they end. */
  takeBytes(limit: number): Uint8Array {
    const candidate = this.#peek(limit)
    return this.#drop(candidate, candidate.byteLength)
  }

  #peek(limit: number): Uint8Array {
    const candidate = new Uint8Array(Math.min(limit, this.#byteLength))
    let filled = 0
    for (const piece of this.#pieces) {
      if (filled === candidate.byteLength) break
      const part = piece.subarray(0, candidate.byteLength - filled)
      candidate.set(part, filled)
      filled += part.byteLength
    }
    return candidate
  }

  #drop(candidate: Uint8Array, length: number): Uint8Array {
    this.#byteLength -= length
    let toDrop = length
    let wholePieces = 0
    for (const piece of this.#pieces) {
      if (piece.byteLength > toDrop) break
      toDrop -= piece.byteLength
      wholePieces++
    }
    this.#pieces.splice(0, wholePieces)
    const first = this.#pieces[0]
    if (first !== undefined && toDrop > 0) this.#pieces[0] = first.subarray(toDrop)
    return candidate.subarray(0, length)
  }
}

/** How many of the bytes can be sent without cutting a character that may go on. Bytes that are not UTF-8 count as whole. */
export function wholeCharactersLength(bytes: Uint8Array): number {
  const longestTail = 3
  for (let back = 1; back <= longestTail && back <= bytes.byteLength; back++) {
    const byte = bytes[bytes.byteLength - back] ?? 0
    if (isContinuation(byte)) continue
    return characterLength(byte) > back ? bytes.byteLength - back : bytes.byteLength
  }
  return bytes.byteLength
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000
}

function characterLength(leadByte: number): number {
  if (leadByte >= 0xf0 && leadByte <= 0xf4) return 4
  if (leadByte >= 0xe0 && leadByte < 0xf0) return 3
  if (leadByte >= 0xc2 && leadByte < 0xe0) return 2
  return 1
}
