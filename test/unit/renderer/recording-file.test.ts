import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commandMarkerLabel } from '../../../src/contract/command-marker.ts'
import { largestRecordingBytes } from '../../../src/contract/recording-file.ts'
import {
  FileReading,
  fileSource,
  type ReadableFile,
} from '../../../src/renderer/features/recording-file/file-reading.ts'
import { CastParser } from '../../../src/renderer/features/replay/asciicast.ts'
import { Recording } from '../../../src/renderer/features/replay/recording.ts'
import type { ReadingState } from '../../../src/renderer/features/replay/recording-source.ts'

const header = '{"version": 2, "width": 80, "height": 24}\n'

/** A file of the person's, read until nothing more comes. */
async function readThrough(
  file: ReadableFile,
  onText?: (text: string) => void,
): Promise<{ text: string; states: ReadingState[] }> {
  let text = ''
  const states: ReadingState[] = []
  await new Promise<void>((done) => {
    new FileReading(file, {
      onText(piece) {
        onText?.(piece)
        text += piece
      },
      onState(state) {
        states.push(state)
        if (state.status !== 'loading') done()
      },
    })
  })
  return { text, states }
}

function fileOf(...parts: (string | Uint8Array<ArrayBuffer>)[]): File {
  return new File(parts, 'demo.cast')
}

/** What a replay of the file would have. */
async function recordingOf(file: File): Promise<Recording> {
  const parser = new CastParser(fileSource(file).limits)
  const { text, states } = await readThrough(file)
  expect(states.at(-1)).toEqual({ status: 'complete' })
  const events = parser.push(text)
  if (parser.header === undefined) throw new Error('no header')
  const recording = new Recording(parser.header.size)
  recording.append(events)
  return recording
}

describe('reading a file', () => {
  test('gives all of it in pieces and tells how far it is', async () => {
    const lines = Array.from({ length: 30_000 }, (_, index) => `[${index}, "o", "größer ${index} 東京"]\n`)
    const { text, states } = await readThrough(fileOf(header, ...lines))
    expect(text).toBe(`${header}${lines.join('')}\n`)
    const fractions = states.flatMap((state) => ('fraction' in state ? [state.fraction ?? 0] : []))
    expect(fractions.length).toBeGreaterThan(3)
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    expect(states.at(-1)).toEqual({ status: 'complete' })
  })

  test('replaces bytes that are no UTF-8, and passes over a byte order mark', async () => {
    const broken = fileOf(
      new Uint8Array([0xef, 0xbb, 0xbf]),
      header,
      '[1, "o", "',
      new Uint8Array([0xc3, 0x28, 0xff]),
      '"]',
    )
    const recording = await recordingOf(broken)
    expect(recording.events).toEqual([{ kind: 'output', at: 1000, text: '\ufffd(\ufffd' }])
  })

  test('counts a last line that is torn', async () => {
    const parser = new CastParser()
    const { text } = await readThrough(fileOf(header, '[1, "o", "a"]\n[2, "o", "to'))
    expect(parser.push(text)).toHaveLength(1)
    expect([parser.unreadableLines, parser.firstUnreadableLine]).toEqual([1, 3])
  })

  test('refuses an empty file, and says what can be opened', async () => {
    const parser = new CastParser()
    const { states } = await readThrough(fileOf(), (text) => void parser.push(text))
    expect(states.at(-1)).toMatchObject({
      status: 'failed',
      error: {
        code: 'FILE_REFUSED',
        detail: 'The first line is empty.',
        action: expect.stringContaining('.cast'),
      },
    })
  })

  test('refuses a file that is too large before it reads any of it', async () => {
    const { states, text } = await readThrough({
      name: 'huge.cast',
      size: largestRecordingBytes + 1,
      slice: () => {
        throw new Error('read')
      },
    })
    expect(text).toBe('')
    expect(states).toMatchObject([
      { status: 'failed', error: { code: 'FILE_REFUSED', message: expect.stringContaining('257 MB') } },
    ])
  })

  test('says of a file that changed meanwhile that it has to be opened again', async () => {
    const changed: ReadableFile = {
      name: 'growing.cast',
      size: 10,
      slice: () =>
        ({
          arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')),
        }) as unknown as Blob,
    }
    const { states } = await readThrough(changed)
    expect(states.at(-1)).toMatchObject({
      status: 'failed',
      error: { message: 'growing.cast cannot be read any more.', action: expect.stringContaining('again') },
    })
  })

  test('stops when nobody wants it any more', async () => {
    let asked = 0
    const { promise, resolve } = Promise.withResolvers<ArrayBuffer>()
    const reading = new FileReading(
      {
        name: 'slow.cast',
        size: 100,
        slice: () => {
          asked += 1
          return { arrayBuffer: () => promise } as unknown as Blob
        },
      },
      { onText: () => expect.unreachable(), onState: () => expect.unreachable() },
    )
    reading[Symbol.dispose]()
    resolve(new ArrayBuffer(10))
    await promise
    await Promise.resolve()
    expect(asked).toBe(1)
  })
})

describe("a recording of asciinema's", () => {
  test.each([
    ['asciinema-v2.cast', 'rolled back to 41', 4714],
    ['by-hand-v3.cast', '$ exit', 34_250],
  ])('%s is read whole, without what was typed', async (name, last, duration) => {
    const bytes = readFileSync(new URL(`../../fixtures/recordings/${name}`, import.meta.url))
    const recording = await recordingOf(fileOf(new Uint8Array(bytes)))
    const shown = recording.events.map((event) => (event.kind === 'output' ? event.text : '')).join('')
    expect(shown.trimEnd().endsWith(last)).toBe(true)
    expect(shown).not.toContain('typed-and-never-shown')
    expect(Math.floor(recording.duration)).toBe(duration)
  })
})

test('an export of ours has its commands with it', async () => {
  const labels = [
    commandMarkerLabel({ kind: 'begin', source: 'marks', text: 'nginx -t' }),
    commandMarkerLabel({ kind: 'end', exitCode: 1, milliseconds: 500 }),
  ]
  const lines = labels.map((label) => `[0.5, "m", ${JSON.stringify(label)}]\n`)
  const { commands } = await recordingOf(fileOf('{"version":3,"term":{"cols":80,"rows":24}}\n', ...lines))
  expect(commands).toMatchObject([
    { kind: 'command', text: 'nginx -t', exitCode: 1, startedAt: 500, endedAt: 1000 },
  ])
})

test('markers without end keep nobody waiting', async () => {
  const line = (label: string) => `[0, "m", ${JSON.stringify(label)}]\n`
  const begin = line(commandMarkerLabel({ kind: 'begin', source: 'echo', text: 'cat' }))
  const more = line(commandMarkerLabel({ kind: 'continue', text: '‹redacted:token:9›'.padEnd(200) })).repeat(
    50_000,
  )
  const { commands, events } = await recordingOf(
    fileOf('{"version":3,"term":{"cols":80,"rows":24}}\n', begin, more),
  )
  expect(events).toHaveLength(10_000)
  expect(commands).toMatchObject([{ redactions: 9999 }])
})
