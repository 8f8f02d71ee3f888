import { Terminal } from '@xterm/xterm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createScreenReplica } from '../../../../src/core/session/screen-replica.ts'
import { setCharacterWidths } from '../../../../src/renderer/features/terminal/character-widths.ts'

/** Narrow, so that what is wide meets the last column. */
const size = { cols: 11, rows: 40 }

const samples: Record<string, string> = {
  'narrow letters': 'Grüße',
  'wide letters': '日本語한국어ｆｕｌｌ',
  'combining marks': 'e\u0301o\u0308\u0323 ก็ नि',
  'marks after a blank': ' \u0301\u200b\ufe0f',
  'emoji of Unicode 9': '🚀🎉😀🦊',
  'emoji of Unicode 11': '🧪🧯🥰',
  'emoji after Unicode 11': '🥲🫠🪿',
  'emoji joined by ZWJ': '👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈',
  'flags and keycaps': '🇩🇪🇯🇵1️⃣',
  'signs with a variation selector': '❤️☎︎⚠️',
  'what is ambiguous': '→①±“”─│█',
  'letters beyond the first plane': '𝒳𠮷𓀀',
}

/** A row that begins with what takes no column: xterm.js gives it a cell that cannot be written again. */
const startsWithMark = /(?:^|\n)[\p{Mark}\p{Format}]/u

type Buffer = Pick<Terminal['buffer']['active'], 'cursorX' | 'cursorY' | 'baseY' | 'length' | 'getLine'>

/** The cursor, and the text and width of every cell. */
function shown({ cursorX, cursorY, baseY, length, getLine }: Buffer) {
  const lines = Array.from({ length }, (_, row) =>
    Array.from({ length: size.cols }, (__, column) => {
      const cell = getLine(row)?.getCell(column)
      return `${cell?.getChars()}|${cell?.getWidth()}`
    }).join(' '),
  )
  return { cursor: [cursorX, cursorY + baseY], lines: lines.slice(0, baseY + cursorY + 1) }
}

const pageTerminal = () => {
  const terminal = new Terminal({ ...size, allowProposedApi: true })
  setCharacterWidths(terminal)
  return terminal
}

/** What a page shows, what core's copy holds, and what a page shows that was reloaded. */
async function everywhere(text: string) {
  const page = pageTerminal()
  const reloaded = pageTerminal()
  using replica = createScreenReplica(size)
  const write = (terminal: Terminal, bytes: Uint8Array | string) =>
    new Promise<void>((done) => terminal.write(bytes, done))
  try {
    await write(page, text)
    replica.write(new TextEncoder().encode(text))
    const copy = new Promise<ReturnType<typeof shown>>((resolve) =>
      replica.inspect((terminal) => resolve(shown(bound(terminal.buffer.active)))),
    )
    await write(reloaded, await replica.snapshot())
    return {
      page: shown(bound(page.buffer.active)),
      copy: await copy,
      reloaded: shown(bound(reloaded.buffer.active)),
    }
  } finally {
    page.dispose()
    reloaded.dispose()
  }
}

function bound(buffer: Buffer): Buffer {
  const { cursorX, cursorY, baseY, length } = buffer
  return { cursorX, cursorY, baseY, length, getLine: (row) => buffer.getLine(row) }
}

describe('characters take the same columns in the page, in core and after a reload', () => {
  test.each(Object.entries(samples))('%s', async (_, text) => {
    const { page, copy, reloaded } = await everywhere(`$ ${text} x\r\n${text}`)
    expect(copy).toEqual(page)
    expect(reloaded).toEqual(page)
  })

  test('whatever is mixed', async () => {
    const pieces = Object.values(samples).flatMap((text) => Array.from(text))
    const mixed = fc.array(fc.constantFrom(...pieces, 'a', ' ', '\r\n'), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(mixed, async (characters) => {
        const text = characters.join('')
        const { page, copy, reloaded } = await everywhere(text)
        expect(copy).toEqual(page)
        if (!startsWithMark.test(text)) expect(reloaded).toEqual(page)
      }),
      { numRuns: Number(process.env.PORTHOLE_PROPERTY_RUNS ?? 30) },
    )
  })

  test('with tables that know emoji as wide', async () => {
    expect((await everywhere('🚀日e\u0301')).copy.cursor).toEqual([5, 0])
  })
})
