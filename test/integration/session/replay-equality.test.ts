import { SerializeAddon } from '@xterm/addon-serialize'
import { Terminal } from '@xterm/headless'
import type { Terminal as PageTerminal } from '@xterm/xterm'
import { expect, test } from 'vitest'
import type { TerminalSize } from '../../../src/contract/session.ts'
import { type AuditClient, createAuditService } from '../../../src/core/audit/audit-client.ts'
import type { RecorderFactory } from '../../../src/core/audit/audit-service.ts'
import { startAuditWorker } from '../../../src/core/audit/start-audit-worker.ts'
import { setCharacterWidths } from '../../../src/core/session/character-widths.ts'
import { CastParser } from '../../../src/renderer/features/replay/asciicast.ts'
import { Recording } from '../../../src/renderer/features/replay/recording.ts'
import { type ReplayScreen, ScreenDriver } from '../../../src/renderer/features/replay/screen-driver.ts'
import { ScreenSnapshots } from '../../../src/renderer/features/replay/screen-snapshot.ts'
import { setCharacterWidths as setPageWidths } from '../../../src/renderer/features/terminal/character-widths.ts'
import { temporaryFolder } from '../../unit/core/audit/audit-fixtures.ts'
import { SessionFixture, type Shell } from './session-fixture.ts'

const workerUrl = new URL('../../../src/core/audit/audit-worker.ts', import.meta.url)
const scrollback = 1000

/** Pieces of a prime length, so that letters of two, three and four bytes are cut everywhere. */
const pieceBytes = 7

/** The agent sends whole characters, the plugin's pty does not: the recorder gets them cut, each piece by itself. */
function cut(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.byteLength / pieceBytes) }, (_, index) =>
    bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  )
}

function withCutOutput(recorders: RecorderFactory): RecorderFactory {
  return {
    start(recording) {
      const recorder = recorders.start(recording)
      const output = recorder.output.bind(recorder)
      recorder.output = (bytes) => {
        if (bytes.every((byte) => byte < 0x80)) return output(bytes)
        for (const piece of cut(bytes)) {
          output(piece)
          // What comes between two pieces keeps them from being joined on their way.
          recorder.marker('cut')
        }
      }
      return recorder
    },
  }
}

/** What the terminal of a page shows while the session lives. */
class LiveTerminal {
  readonly terminal = new Terminal({ cols: 100, rows: 30, scrollback, allowProposedApi: true })
  readonly #shell: Shell
  #taken = 0
  #bytes = 0

  constructor(shell: Shell) {
    this.#shell = shell
    setCharacterWidths(this.terminal)
  }

  /** Everything that has come so far. */
  async look(name: string): Promise<Look> {
    for (; this.#taken < this.#shell.received.length; this.#taken += 1) {
      const bytes = this.#shell.received[this.#taken]
      if (bytes === undefined) continue
      this.#bytes += bytes.byteLength
      await new Promise<void>((done) => this.terminal.write(bytes, done))
    }
    return { name, bytes: this.#bytes, screen: screenOf(this.terminal) }
  }

  resize(size: TerminalSize): void {
    this.terminal.resize(size.cols, size.rows)
    this.#shell.resize(size)
  }
}

/** Emoji, joined and coloured ones, flags, wide letters with marks, over more than one row. */
const wideText =
  "printf '%s\\n' '🚀🥲👩🏽‍🚀👨‍👩‍👧‍👦🇩🇪❤️ 日本語ก็e\u0301𠮷 🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀x'"

/** A moment of the live terminal, and how much output had made it. */
interface Look {
  name: string
  bytes: number
  screen: ReturnType<typeof screenOf>
}

/** Every cell with its width, colours and attributes, the cursor, and which buffer it is. */
function screenOf(terminal: Terminal) {
  const { active } = terminal.buffer
  const cell = active.getNullCell()
  const lines = Array.from({ length: active.length }, (_, row) => {
    const line = active.getLine(row)
    return Array.from({ length: terminal.cols }, (__, column) => {
      const at = line?.getCell(column, cell)
      if (at === undefined) return ''
      const style = [at.getFgColorMode(), at.getFgColor(), at.getBgColorMode(), at.getBgColor(), at.isBold()]
      const more = [at.isDim(), at.isItalic(), at.isUnderline(), at.isInverse(), at.isInvisible()]
      return `${at.getChars()}|${at.getWidth()}|${[...style, ...more].join(',')}`
    })
  })
  const { type, cursorX, cursorY, baseY } = active
  return { cols: terminal.cols, rows: terminal.rows, type, cursorX, cursorY, baseY, lines }
}

class ReplayTerminal implements ReplayScreen {
  readonly terminal = new Terminal({ cols: 100, rows: 30, scrollback, allowProposedApi: true })
  readonly #snapshots: ScreenSnapshots

  constructor() {
    const serializer = new SerializeAddon()
    // The addon is typed for the page's terminal, whose buffer and parser are the same code.
    const shared = this.terminal as unknown as PageTerminal
    setPageWidths(shared)
    serializer.activate(shared)
    this.#snapshots = new ScreenSnapshots(shared, serializer)
  }
  resize({ cols, rows }: TerminalSize): void {
    this.terminal.resize(cols, rows)
  }
  write(text: string, done: () => void): void {
    this.terminal.write(text, done)
  }
  snapshot(): string | undefined {
    return this.#snapshots.take(scrollback)
  }
}

async function readRecording(audit: AuditClient, sessionId: string): Promise<Recording> {
  const parser = new CastParser()
  let recording: Recording | undefined
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const page: Awaited<ReturnType<AuditClient['recording']>> = await audit.recording(sessionId, offset)
    const events = parser.push(page.text)
    if (parser.header !== undefined) recording ??= new Recording(parser.header.size)
    recording?.append(events)
    offset = page.nextOffset
  }
  if (recording === undefined) throw new Error('The recording has no header.')
  return recording
}

/** The replay's screen when so much output has been shown; what is left of an event is written by hand. */
async function replayedTo(recording: Recording, bytes: number): Promise<ReturnType<typeof screenOf>> {
  const screen = new ReplayTerminal()
  let shown = 0
  let count = 0
  let rest = ''
  for (const event of recording.events) {
    if (event.kind === 'output') {
      const length = Buffer.byteLength(event.text)
      if (shown + length > bytes) {
        rest = Buffer.from(event.text)
          .subarray(0, bytes - shown)
          .toString('utf8')
        break
      }
      shown += length
    }
    count += 1
    // A change of size belongs to what comes after it.
    if (shown === bytes && event.kind === 'output') break
  }
  const settled = Promise.withResolvers<void>()
  const driver = new ScreenDriver(recording, screen, () => settled.resolve())
  if (count > 0) {
    driver.moveTo(count)
    await settled.promise
  }
  if (rest !== '') await new Promise<void>((done) => screen.terminal.write(rest, done))
  return screenOf(screen.terminal)
}

test('a replay shows what the live terminal showed, cell by cell, at ten moments', async () => {
  using folder = temporaryFolder()
  await using worker = startAuditWorker({
    folder: `${folder.path}/audit`,
    keyFolder: `${folder.path}/keys`,
    workerUrl,
  })
  await using audit = createAuditService({ channel: worker.channel })
  await using fixture = await SessionFixture.start({
    audit: { ...audit, recorders: withCutOutput(audit.recorders) },
  })
  const shell = await fixture.openShell('built-in')
  const live = new LiveTerminal(shell)
  const looks: Look[] = [await live.look('the first prompt')]
  const step = async (name: string, line: string, pattern: RegExp) => {
    shell.type(line)
    await shell.shows(pattern)
    looks.push(await live.look(name))
  }

  await step(
    'colours',
    "printf '\\033[1;31mred\\033[0;44mblue\\033[0m'; echo; echo o''ne\r",
    /one\s+ready> $/,
  )
  await step(
    'wide and combined letters',
    "printf 'gr\\303\\274\\303\\237e \\346\\227\\245\\346\\234\\254 \\360\\237\\232\\200 e\\314\\201\\n'; echo t''wo\r",
    /two\s+ready> $/,
  )
  await step('emoji at the last column', `${wideText}; echo f''our\r`, /four\s+ready> $/)
  await step('lines that scrolled', 'seq 1 200; echo thr""ee\r', /three\s+ready> $/)
  await step('vi', 'vi /tmp/replayed\r', /~[\s\S]*~/)
  await step('text in vi', 'ifirst line\rsecond', /second/)
  live.resize({ cols: 80, rows: 24 })
  await step('vi in another size', ' and more', /more/)
  await step('the shell after vi', '\x1b:q!\r', /ready> $/)
  await step('top', 'top\r', /PID[\s\S]*\d/)
  live.resize({ cols: 120, rows: 40 })
  await step('the shell after top', 'q', /ready> $/)
  // A change of size that comes while less reads its input for the first time makes it stop reading.
  await step(
    'the shell knows its size',
    'until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo si""zed\r',
    /sized\s+ready> $/,
  )
  // What is typed before less reads keys may be lost, and the line itself says 500.
  await step('less', 'seq 1 500 | less\r', /\s2\s+3\s+4\s/)
  await step('less at the end', 'G', /499\s+500/)
  await step('the shell after less', 'q', /ready> $/)
  expect(looks.length).toBeGreaterThanOrEqual(10)
  expect(looks.filter(({ screen }) => screen.type === 'alternate').length).toBeGreaterThanOrEqual(3)

  await fixture.service.close(shell.id)
  const recording = await readRecording(audit, shell.id)
  for (const { name, bytes, screen } of looks) {
    const replayed = await replayedTo(recording, bytes)
    expect({ name, ...replayed }, name).toEqual({ name, ...screen })
  }
})
