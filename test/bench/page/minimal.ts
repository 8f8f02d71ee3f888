import '@xterm/xterm/css/xterm.css'
import '../../../src/renderer/app/tokens.css'
import '../../../src/renderer/app/theme/fonts.css'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { Terminal } from '@xterm/xterm'
import { AckCounter, highMarkBytes } from '../../../src/channel/flow-control.ts'
import { defaultSettings } from '../../../src/contract/host.ts'
import {
  readTerminalFont,
  readTerminalTheme,
} from '../../../src/renderer/features/terminal/terminal-theme.ts'

/**
 * The least that shows a shell in a browser: xterm.js with the product's own
 * options, a WebSocket and flow control. What the product is measured against.
 */

/** The product's own, from its terminal-instance.ts. */
const lineHeight = 1.12
const minimumContrastRatio = 4.5

/** Bytes per write when fed from memory: the product's batch. */
const feedSize = 64 * 1024

declare global {
  interface Window {
    /** Writes bytes from memory, as fast as the terminal takes them; resolves with the milliseconds it took. */
    feedFromMemory(address: string): Promise<number>
  }
}

const query = new URLSearchParams(location.search)
const element = document.createElement('div')
document.body.append(element)
await document.fonts.load(`${defaultSettings.terminalFontSize}px "JetBrains Mono"`)

const terminal = new Terminal({
  cols: Number(query.get('cols') ?? 80),
  rows: Number(query.get('rows') ?? 24),
  allowProposedApi: true,
  fontFamily: readTerminalFont(),
  fontSize: defaultSettings.terminalFontSize,
  scrollback: defaultSettings.scrollback,
  lineHeight,
  minimumContrastRatio,
  theme: readTerminalTheme(),
})
terminal.loadAddon(new Unicode11Addon())
terminal.unicode.activeVersion = '11'
terminal.open(element)
terminal.focus()

let drawnBytes = 0
function write(bytes: Uint8Array, drawn: (byteCount: number) => void): void {
  terminal.write(bytes, () => {
    drawnBytes += bytes.byteLength
    element.dataset.drawnBytes = String(drawnBytes)
    drawn(bytes.byteLength)
  })
}

if (!query.has('memory')) connect()

function connect(): void {
  const encoder = new TextEncoder()
  const socket = new WebSocket(`ws://${location.host}/?cols=${terminal.cols}&rows=${terminal.rows}`)
  socket.binaryType = 'arraybuffer'
  const acks = new AckCounter((byteCount) => socket.send(String(byteCount)))
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) =>
    write(new Uint8Array(data), (byteCount) => acks.drawn(byteCount))
  terminal.onData((text) => socket.send(encoder.encode(text)))
}

window.feedFromMemory = async (address) => {
  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer())
  const started = performance.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  let given = 0
  let underWay = 0
  const feed = () => {
    while (given < bytes.byteLength && underWay < highMarkBytes) {
      const piece = bytes.subarray(given, given + feedSize)
      given += piece.byteLength
      underWay += piece.byteLength
      write(piece, (byteCount) => {
        underWay -= byteCount
        if (given < bytes.byteLength) feed()
        else if (underWay === 0) resolve()
      })
    }
  }
  feed()
  await promise
  return performance.now() - started
}
