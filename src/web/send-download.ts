import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * Sends a file for the person to keep, and removes it when it has arrived: it
 * holds recordings. One that broke off is removed too; the page makes another.
 */
export async function sendDownload(
  response: ServerResponse,
  file: string,
  headers: Record<string, string>,
): Promise<void> {
  try {
    const { size } = await stat(file)
    response.writeHead(200, {
      ...headers,
      'Content-Type': 'application/zip',
      'Content-Length': size,
      'Content-Disposition': `attachment; filename="${path.basename(file)}"`,
      'Cache-Control': 'no-store',
    })
    await pipeline(createReadStream(file), response)
  } catch {
    // The browser went away, or the file did: either way there is nobody to tell but the browser itself.
    response.destroy()
  } finally {
    await rm(file, { force: true })
  }
}
