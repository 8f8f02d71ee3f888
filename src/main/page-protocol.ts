import { type Protocol, protocol } from 'electron'
import { pageHost, pageScheme } from '../contract/ports.ts'
import type { PageFiles } from '../core/page/page-files.ts'
import { pageHeaders } from '../core/page/page-policy.ts'
import type { HandedRecordings } from './handed-recordings.ts'

/** Before the app is ready, or Chromium treats the scheme as a foreign one: no origin, no storage, no policy. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: pageScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ])
}

/**
 * Serves the built page, and recordings that somebody opened with the app, and
 * nothing else, on our scheme. Answers come from maps of known names, so no path
 * from outside ever meets the disk.
 */
export function servePage(
  on: Pick<Protocol, 'handle'>,
  files: PageFiles,
  recordings: Pick<HandedRecordings, 'take'>,
): void {
  const headers = pageHeaders()
  on.handle(pageScheme, async (request) => {
    const url = new URL(request.url)
    const file = url.hostname === pageHost && request.method === 'GET' ? files.get(url.pathname) : undefined
    if (file === undefined) {
      const ours = url.hostname === pageHost && request.method === 'GET'
      const recording = ours ? await recordings.take(url.pathname) : undefined
      if (recording === undefined) return new Response('Porthole has no such page.', { status: 404, headers })
      return new Response(recording.stream(), {
        headers: { ...headers, 'Content-Type': 'application/octet-stream' },
      })
    }
    return new Response(new Uint8Array(file.content), {
      headers: { ...headers, 'Content-Type': file.type },
    })
  })
}
