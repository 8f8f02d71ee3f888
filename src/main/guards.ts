import type { App, Session, WebContents } from 'electron'
import { openExternalLink } from './external-links.ts'
import { isOurAddress } from './our-address.ts'

/** What our own page may ask of the browser around it: the clipboard, for copy and paste in terminals. */
const allowedPermissions: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'clipboard-read'])

/** Gets each refusal in one line; refusals are never silent, because each is a bug or an attack. */
export type LogRefusal = (what: string) => void

/** Holds every page in the app, ours and any that should not be, to our own address. */
export function guardAllContents(app: Pick<App, 'on'>, log: LogRefusal): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, log))
}

function guardContents(contents: WebContents, log: LogRefusal): void {
  contents.on('will-navigate', (event) => stayHome(event, log))
  contents.on('will-frame-navigate', (event) => stayHome(event, log))
  contents.on('will-redirect', (event) => stayHome(event, log))
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
    log('a webview')
  })
  contents.setWindowOpenHandler(({ url }) => {
    if (!openExternalLink(url)) log(`a window for ${shortened(url)}`)
    return { action: 'deny' }
  })
}

function stayHome(event: { url: string; preventDefault(): void }, log: LogRefusal): void {
  if (isOurAddress(event.url)) return
  event.preventDefault()
  log(`the way to ${shortened(event.url)}`)
}

/** Denies a session what no page of ours needs. */
export function guardSession(session: Session, log: LogRefusal): void {
  session.setPermissionRequestHandler((contents, permission, answer, { requestingUrl, isMainFrame }) => {
    const allowed =
      allowedPermissions.has(permission) &&
      isMainFrame &&
      isOurAddress(requestingUrl) &&
      isOurAddress(contents.getURL())
    if (!allowed) log(`the permission ${permission} for ${shortened(requestingUrl)}`)
    answer(allowed)
  })
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) =>
      allowedPermissions.has(permission) && isOurAddress(requestingOrigin),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    event.preventDefault()
    log(`the download of ${shortened(item.getURL())}`)
  })
  // The page talks to its host through ports alone; whatever else asks the network, asks in vain.
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const ours = isOurAddress(url) || url.startsWith('devtools:') || url.startsWith('data:')
    if (!ours) log(`the request for ${shortened(url)}`)
    answer({ cancel: !ours })
  })
}

const longestLoggedCharacters = 200

function shortened(url: string): string {
  return JSON.stringify(url.slice(0, longestLoggedCharacters))
}
