import type { MessageEvent, MessagePortMain } from 'electron'

/** Echoes on its parent's port and on every port that it gets; ends as it is told. */
const kept: MessagePortMain[] = []

process.parentPort.on('message', ({ data, ports }: MessageEvent) => {
  for (const port of ports) {
    kept.push(port)
    port.on('message', ({ data: message, ports: more }) => {
      if (message?.flood !== undefined) flood(port, message.flood)
      else port.postMessage({ echo: message }, more)
    })
    port.on('close', () => process.parentPort.postMessage('port closed'))
    port.start()
  }
  if (data === 'argv') process.parentPort.postMessage(process.argv.slice(2))
  else if (data === 'environment') process.parentPort.postMessage({ ...process.env })
  else if (data === 'electron')
    void import('electron').then((module) => process.parentPort.postMessage(Object.keys(module)))
  else if (data === 'exit') process.exit(7)
  else if (data === 'abort') process.abort()
  else if (data === 'print') {
    process.stdout.write('on stdout\n')
    process.stderr.write('on stderr\n')
  } else process.parentPort.postMessage({ echo: data, ports: ports.length })
})

function flood(port: MessagePortMain, { messages, bytes }: { messages: number; bytes: number }): void {
  for (let index = 0; index < messages; index += 1) {
    const chunk = new Uint8Array(bytes)
    new DataView(chunk.buffer).setUint32(0, index)
    port.postMessage(chunk)
  }
}
