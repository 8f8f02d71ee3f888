import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Download } from '../core/audit/export/downloads.ts'

/** Nothing that a browser would show instead of keeping it. */
const types: Record<string, string> = { '.zip': 'application/zip', '.cast': 'application/x-asciicast' }

/**
 * Sends a file for the person to keep, and removes it when it has arrived: it
 * holds recordings. One that broke off is removed too; the page makes another.
 */
export async function sendDownload(
  response: ServerResponse,
  { file, name }: Download,
  headers: Record<string, string>,
): Promise<void> {
  try {
    const { size } = await stat(file)
    response.writeHead(200, {
      ...headers,
      'Content-Type': types[path.extname(name)] ?? 'application/octet-stream',
      'Content-Length': size,
      'Content-Disposition': disposition(name),
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

/**
 * RFC 6266: a name in plain ASCII for old browsers, and the name itself. A header
 * holds no other characters, and quotes in it would end it.
 */
function disposition(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  const whole = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`
}
