import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as startTimeout } from 'node:timers'
import { type IPty, spawn } from 'node-pty'
import { type WebSocket, WebSocketServer } from 'ws'
import { SendWindow } from '../../src/channel/flow-control.ts'
import { OutputBatcher, type StartTimer } from '../../src/channel/output-batcher.ts'
import { readPageFiles } from '../../src/core/page/page-files.ts'
import { floodBytes, isFloodKind } from './flood-data.ts'

/**
 * The minimal page's server, a process of its own as the product's is: a shell
 * on a pty and its output over a WebSocket, under flow control with the product's
 * marks; each chunk as it comes, or in the product's batches. Tells its parent
 * its port, and ends with it.
 */
const pageFolder = path.resolve(import.meta.dirname, '../../dist/bench-page')
const [workFolder = '.', batched] = process.argv.slice(2)

const files = readPageFiles(pageFolder)
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  const kind = pathname.slice('/flood/'.length)
  if (pathname.startsWith('/flood/') && isFloodKind(kind)) {
    response.end(floodBytes(kind, Number(searchParams.get('lines'))))
    return
  }
  const file = files.get(pathname)
  if (file === undefined) response.writeHead(404).end()
  else response.writeHead(200, { 'Content-Type': file.type }).end(file.content)
})

const sockets = new WebSocketServer({ server, perMessageDeflate: false })
sockets.on('connection', (socket, request) => {
  const query = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams
  const pty = spawn('/bin/sh', [], {
    name: 'xterm-256color',
    cwd: workFolder,
    cols: Number(query.get('cols')),
    rows: Number(query.get('rows')),
    env: { PATH: process.env.PATH ?? '', PS1: 'root@minimal:/# ', TERM: 'xterm-256color' },
    // The type asks for a string; null is node-pty's way to ask for bytes.
    encoding: null,
  })
  carry(pty, socket)
})

function carry(pty: IPty, socket: WebSocket): void {
  const window = new SendWindow(pty)
  const send = (bytes: Uint8Array) => {
    if (socket.readyState === socket.OPEN) socket.send(bytes)
  }
  const batcher = new OutputBatcher(send, startTimer)
  pty.onData((data) => {
    const bytes = data as unknown as Uint8Array
    window.sent(bytes.byteLength)
    if (batched === 'batched') batcher.push(bytes)
    else send(bytes)
  })
  socket.on('message', (message: Buffer, isBinary) => {
    if (isBinary) pty.write(message)
    else window.acked(Number(message.toString()))
  })
  socket.on('close', () => {
    batcher[Symbol.dispose]()
    pty.kill()
  })
}

function startTimer(...[milliseconds, callback]: Parameters<StartTimer>): Disposable {
  const timer = startTimeout(callback, milliseconds)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
