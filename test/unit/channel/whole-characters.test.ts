import headless from '@xterm/headless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinChunks } from '../../../src/channel/output-batcher.ts'
import { WholeCharacters, wholePieces } from '../../../src/channel/whole-characters.ts'

const text = fc.array(fc.constantFrom('a', 'é', '…', '“', '\u200d', '日', '🚀', '\u{10000}', '\u{10ffff}'))
const bytesOf = (characters: string[]) => new TextEncoder().encode(characters.join(''))

function cutAnywhere(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.byteLength + 1)), bytes.byteLength]
  borders.sort((left, right) => left - right)
  return borders.slice(1).map((end, index) => bytes.subarray(borders[index], end))
}

const joined = (pieces: Uint8Array[]) => {
  const byteCount = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return [...joinChunks(pieces, byteCount)]
}

/** The same terminal as in a page, fed with pieces. */
async function shown(pieces: Uint8Array[]): Promise<string> {
  const terminal = new headless.Terminal({ cols: 300, rows: 2, allowProposedApi: true, logLevel: 'off' })
  for (const piece of pieces) terminal.write(piece)
  await new Promise<void>((done) => terminal.write('', done))
  const line = terminal.buffer.active.getLine(0)?.translateToString(true) ?? ''
  terminal.dispose()
  return line
}

describe('whole characters', () => {
  test('are all that is passed on, however UTF-8 is cut, and nothing is lost', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (characters, cuts) => {
        const characterHold = new WholeCharacters()
        const pieces = cutAnywhere(bytesOf(characters), cuts).map((piece) => characterHold.push(piece))
        expect(pieces.map((piece) => decoder.decode(piece)).join('')).toBe(characters.join(''))
        expect(characterHold.rest().byteLength).toBe(0)
      }),
    )
  })

  test('and no byte is lost or kept for long when it is no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        const characterHold = new WholeCharacters()
        const pieces = cutAnywhere(bytes, cuts).map((piece) => characterHold.push(piece))
        const rest = characterHold.rest()
        expect(rest.byteLength).toBeLessThan(4)
        expect(joined([...pieces, rest])).toEqual([...bytes])
        expect(joined([...wholePieces(bytes, 5)])).toEqual([...bytes])
      }),
    )
  })

  test('are the borders of pieces', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 9 }), (characters, size) => {
        const pieces = [...wholePieces(bytesOf(characters), size)]
        expect(pieces.map((piece) => decoder.decode(piece)).join('')).toBe(characters.join(''))
        expect(pieces.every(({ byteLength }) => byteLength <= size)).toBe(true)
      }),
    )
  })

  test('keep what xterm.js would lose', async () => {
    const bytes = new TextEncoder().encode('wait…')
    const halves = [bytes.subarray(0, 6), bytes.subarray(6)]
    expect(await shown(halves), 'the fault in xterm.js is gone, and this file with it').toBe('wait')
    const characterHold = new WholeCharacters()
    expect(await shown(halves.map((half) => characterHold.push(half)))).toBe('wait…')
  })
})
