import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ByteQueue,
  wholeCharactersLength,
} from '../../../../src/sandbox/services/message-gateway/byte-queue.ts'

describe('taking characters', () => {
  it('gives valid text of at most the limit, and all of it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 4, max: 40 }),
        (text, pieceLength, limit) => {
          const queue = filledQueue(Buffer.from(text), pieceLength)
          const chunks = takeAll(() => queue.takeCharacters(limit))
          const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
          expect(chunks.map((chunk) => strict.decode(chunk)).join('')).toBe(text)
          expect(Math.max(0, ...chunks.map((chunk) => chunk.byteLength))).toBeLessThanOrEqual(limit)
          expect(queue.byteLength).toBe(0)
        },
      ),
    )
  })

  it('loses no byte of what is not text, and holds at most three back', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (bytes, pieceLength) => {
          const queue = filledQueue(bytes, pieceLength)
          const chunks = takeAll(() => queue.takeCharacters(16))
          expect(queue.byteLength).toBeLessThanOrEqual(3)
          chunks.push(queue.takeBytes(16))
          expect(Buffer.concat(chunks)).toEqual(Buffer.from(bytes))
        },
      ),
    )
  })

  it('waits for the rest of a character', () => {
    const queue = new ByteQueue()
    const euro = Buffer.from('€')
    queue.push(Buffer.concat([Buffer.from('a'), euro.subarray(0, 2)]))
    expect(Buffer.from(queue.takeCharacters(1024)).toString()).toBe('a')
    expect(queue.takeCharacters(1024)).toHaveLength(0)
    queue.push(euro.subarray(2))
    expect(Buffer.from(queue.takeCharacters(1024)).toString()).toBe('€')
  })
})

it.each([
  [[0x61], 1],
  [[0x61, 0xc3], 1],
  [[0xe2, 0x82], 0],
  [[0x61, 0xf0, 0x9f, 0x98], 1],
  [[0xf0, 0x9f, 0x98, 0x80], 4],
  [[0x61, 0xff], 2],
  [[0x80, 0x80, 0x80, 0x80], 4],
  [[], 0],
])('cuts %j after %i bytes', (bytes, length) => {
  expect(wholeCharactersLength(Uint8Array.from(bytes))).toBe(length)
})

function filledQueue(bytes: Uint8Array, pieceLength: number): ByteQueue {
  const queue = new ByteQueue()
  for (let start = 0; start < bytes.byteLength; start += pieceLength) {
    queue.push(bytes.subarray(start, start + pieceLength))
  }
  return queue
}

function takeAll(take: () => Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let chunk = take(); chunk.byteLength > 0; chunk = take()) chunks.push(chunk)
  return chunks
}
