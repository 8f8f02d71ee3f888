import { createHash } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { Exchange } from '../http/exchange.ts'

/** Where AWS's bucket has the plugin. */
export const pluginSitePath = '/session-manager-downloads/plugin/'

/** What goes wrong with files whose path ends with `path`. */
export interface PluginSiteFault {
  path: string
  /** Answers with this instead of the file. */
  status?: number
  /** Breaks the connection off after so many bytes of each answer. */
  cutAfterBytes?: number
  /** Sends other bytes than HEAD has announced. */
  bytes?: Uint8Array
  /** Waits before each piece of 16 KiB. */
  pauseMilliseconds?: number
  /** Knows nothing of ranges, as some proxies do not. */
  ignoresRanges?: boolean
  /** Ends after so many answers; without it the fault stays. */
  answers?: number
}

export interface PluginSiteRequest {
  method: string
  /** Below the site. */
  path: string
  range: string | undefined
}

/** A piece at a time, so that a slow site has something to be slow with. */
const pieceBytes = 16 * 1024

/**
 * The download site of session-manager-plugin: a public bucket. A file that is
 * not there answers 403, as a bucket does that may not be listed.
 */
export class PluginSite {
  readonly requests: PluginSiteRequest[] = []
  readonly #files = new Map<string, Uint8Array>()
  readonly #clock: Clock
  #faults: PluginSiteFault[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param path below the site, e.g. `latest/VERSION` */
  put(path: string, bytes: Uint8Array | string): void {
    this.#files.set(path, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
  }

  /** Only these from now on. */
  setFaults(...faults: PluginSiteFault[]): void {
    this.#faults = faults.map((fault) => ({ ...fault }))
  }

  answer(exchange: Exchange): void {
    const path = exchange.path.slice(pluginSitePath.length)
    const { method } = exchange
    this.requests.push({ method, path, range: exchange.headers.range })
    const file = this.#files.get(path)
    if ((method !== 'GET' && method !== 'HEAD') || file === undefined) refuse(exchange, 403)
    else this.#answerFile(exchange, path, file)
  }

  #answerFile(exchange: Exchange, path: string, file: Uint8Array): void {
    const { method } = exchange
    const fault = method === 'GET' ? this.#takeFault(path) : this.#faults.find((each) => each.path === path)
    if (fault?.status !== undefined) refuse(exchange, fault.status)
    else this.#send(exchange, method === 'HEAD' ? file : (fault?.bytes ?? file), fault)
  }

  #send(exchange: Exchange, file: Uint8Array, fault: PluginSiteFault | undefined): void {
    const etag = `"${createHash('md5').update(file).digest('hex')}"`
    const start = fault?.ignoresRanges ? 0 : wantedStart(exchange, etag)
    if (start > 0 && start >= file.byteLength) {
      refuse(exchange, 416)
      return
    }
    const part = file.subarray(start)
    exchange.respond({
      status: start === 0 ? 200 : 206,
      contentType: 'binary/octet-stream',
      headers: {
        etag,
        'content-length': String(part.byteLength),
        ...(fault?.ignoresRanges ? {} : { 'accept-ranges': 'bytes' }),
        ...(start > 0 && { 'content-range': `bytes ${start}-${file.byteLength - 1}/${file.byteLength}` }),
      },
      headersOnly: exchange.method === 'HEAD',
      body: this.#pieces(part, fault),
    })
  }

  async *#pieces(bytes: Uint8Array, fault: PluginSiteFault | undefined): AsyncIterable<Uint8Array> {
    const end = Math.min(bytes.byteLength, fault?.cutAfterBytes ?? bytes.byteLength)
    for (let offset = 0; offset < end; offset += pieceBytes) {
      if (fault?.pauseMilliseconds) await this.#pause(fault.pauseMilliseconds)
      yield bytes.subarray(offset, Math.min(offset + pieceBytes, end))
    }
    if (end < bytes.byteLength) throw new Error('The connection is cut here.')
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(milliseconds, resolve))
  }

  #takeFault(path: string): PluginSiteFault | undefined {
    const fault = this.#faults.find((each) => each.path === path && (each.answers ?? 1) > 0)
    if (fault?.answers !== undefined) fault.answers -= 1
    return fault
  }
}

/** The first byte that is asked for; 0 when the file has changed since its beginning was sent. */
function wantedStart({ headers }: Exchange, etag: string): number {
  const ifRange = headers['if-range']
  if (ifRange !== undefined && ifRange !== etag) return 0
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)
}

function refuse(exchange: Exchange, status: number): void {
  const code = status === 403 ? 'AccessDenied' : status === 416 ? 'InvalidRange' : 'InternalError'
  exchange.respond({
    status,
    contentType: 'application/xml',
    headersOnly: exchange.method === 'HEAD',
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><RequestId>${exchange.requestId}</RequestId></Error>`,
  })
}
