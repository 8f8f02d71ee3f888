import { ipcRenderer } from 'electron'
import { pageOrigin, portsMessage, portsRequest } from '../contract/ports.ts'

/**
 * Runs before our page, apart from it, and does one thing: it asks the app for
 * the window's two message ports when the page asks, and hands them over. The
 * page gets nothing else of Electron.
 */
const asked = new Set<string>()

function isOurPage(): boolean {
  return window === window.top && window.location.origin === pageOrigin
}

window.addEventListener('message', (event: MessageEvent) => {
  // A frame can post to this window, but not with this window as the source.
  if (!isOurPage() || event.source !== window || event.data?.type !== portsRequest) return
  const nonce: unknown = event.data.nonce
  if (typeof nonce !== 'string' || asked.has(nonce)) return
  asked.add(nonce)
  ipcRenderer.postMessage(portsRequest, { nonce })
})

ipcRenderer.on(portsMessage, (event, { nonce }: { nonce: string }) => {
  // Once per question: an answer to none is not ours.
  if (!isOurPage() || !asked.delete(nonce)) return
  window.postMessage({ type: portsMessage, nonce }, pageOrigin, event.ports)
})
