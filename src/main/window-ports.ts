import { type IpcMainEvent, ipcMain, MessageChannelMain, type MessagePortMain } from 'electron'
import { z } from 'zod'
import { portsMessage, portsRequest } from '../contract/ports.ts'
import type { AppWindow } from './app-window.ts'
import type { LogRefusal } from './guards.ts'
import { isOurAddress } from './our-address.ts'

const requestSchema = z.object({ nonce: z.uuid() })

export interface WindowPortsOptions {
  /** The window whose page sent something, if it is one of ours. */
  windowOf: (contentsId: number) => AppWindow | undefined
  /** Takes the host's ends of a window's ports; an earlier pair of the window is to be let go. */
  connect: (window: AppWindow, ports: { rpc: MessagePortMain; bytes: MessagePortMain }) => void
  log: LogRefusal
}

/** Hands each page of ours, and nobody else, its two message ports when it asks for them. */
export function serveWindowPorts({ windowOf, connect, log }: WindowPortsOptions): Disposable {
  const answer = (event: IpcMainEvent, message: unknown) => {
    const window = windowOf(event.sender.id)
    const request = requestSchema.safeParse(message)
    const frame = event.senderFrame
    if (window === undefined || frame === null || !request.success || !isPageOf(window, event)) {
      log(`ports for ${JSON.stringify(frame?.url ?? 'a page that is gone')}`)
      return
    }
    const rpc = new MessageChannelMain()
    const bytes = new MessageChannelMain()
    connect(window, { rpc: rpc.port1, bytes: bytes.port1 })
    frame.postMessage(portsMessage, { nonce: request.data.nonce }, [rpc.port2, bytes.port2])
  }
  ipcMain.on(portsRequest, answer)
  return { [Symbol.dispose]: () => void ipcMain.off(portsRequest, answer) }
}

/** The top frame of the window, with our page in it at this moment. */
function isPageOf(window: AppWindow, { sender, senderFrame }: IpcMainEvent): boolean {
  return (
    senderFrame !== null &&
    !senderFrame.isDestroyed() &&
    senderFrame.parent === null &&
    isOurAddress(senderFrame.url) &&
    window.browserWindow.webContents.id === sender.id
  )
}
