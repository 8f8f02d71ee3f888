import { setMaxListeners } from 'node:events'
import { PortholeError } from '../../../contract/errors.ts'
import { type Clock, sleep } from '../../clock.ts'
import { GrowingFile, type HalfDownload } from './half-download.ts'
import type { HttpFile, OpenHttpFile } from './http-file.ts'
import { downloadFailed, refused, siteUnreachable, unexpectedStatus } from './install-errors.ts'

export interface DownloadDependencies {
  openFile: OpenHttpFile
  clock: Clock
}

export interface Download {
  url: URL
  /** Where it goes. What a failure leaves of it stays, and the next download goes on from there. */
  file: string
  /** More is refused. */
  limitBytes: number
  /** What was agreed to; another size is refused. */
  expectedBytes?: number | undefined
  signal: AbortSignal
  onProgress?: (receivedBytes: number) => void
}

/**
 * Waits before each further try, together enough for a network to change. A try
 * that got further than all before starts the row again: on a bad line it gets
 * there in the end.
 */
export const retryDelaysMilliseconds = [500, 1_000, 2_000, 4_000]

/** A bad line breaks some tens of times; a site that hands out a few bytes at a time plays with us. */
const mostAnswers = 100

/**
 * Downloads a file, over as many connections as it takes.
 * @throws {PortholeError} NETWORK, PLUGIN_DOWNLOAD_FAILED, PLUGIN_REFUSED, STORAGE_FULL, STORAGE_UNWRITABLE
 * @throws the signal's reason when it aborts
 */
export async function downloadFile(dependencies: DownloadDependencies, download: Download): Promise<void> {
  const { signal, expectedBytes } = download
  // Each answer and each wait listens to it.
  setMaxListeners(mostAnswers, signal)
  const file = new GrowingFile(download.file)
  // All of it came before somebody stopped what followed. Whether it is good is for the signature to say.
  if (expectedBytes !== undefined && (await file.half())?.bytes === expectedBytes) {
    download.onProgress?.(expectedBytes)
    return
  }
  let furthest = 0
  let failures = 0
  for (let answers = 0; answers < mostAnswers; answers++) {
    const outcome = await takeOneAnswer(dependencies, download, file)
    if (outcome === 'complete') return
    if (outcome.reached > furthest) failures = 0
    furthest = Math.max(furthest, outcome.reached)
    const delay = retryDelaysMilliseconds[failures++]
    if (delay === undefined) throw outcome.problem
    await sleep(dependencies.clock, delay, signal)
  }
  throw downloadFailed(`The download from ${download.url.host} broke off ${mostAnswers} times.`)
}

/** How far an answer got in the file before it failed, and what to say when no further try is left. */
type Outcome = 'complete' | { reached: number; problem: PortholeError }

async function takeOneAnswer(
  { openFile }: DownloadDependencies,
  download: Download,
  file: GrowingFile,
): Promise<Outcome> {
  const { url, signal } = download
  const half = await file.half()
  let reached = 0
  let total: number | undefined
  try {
    using answer = await openFile({
      method: 'GET',
      url,
      headers: half === undefined ? {} : { range: `bytes=${half.bytes}-`, 'if-range': half.etag },
      signal,
    })
    const place = placeOf(answer, half)
    if (place === undefined) return await refusal(answer, url, file)
    total = place.total
    assertSize(total, download)
    await using open = place.start === 0 ? await file.begin(strongEtag(answer)) : await file.goOn()
    reached = place.start
    for await (const chunk of answer.body) {
      if (reached + chunk.byteLength > (total ?? download.limitBytes)) throw tooLong(url)
      await open.append(chunk)
      reached += chunk.byteLength
      download.onProgress?.(reached)
    }
    if (total !== undefined && reached < total) throw new Error('The connection was closed early.')
    if (total === undefined) assertSize(reached, download)
    return 'complete'
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    if (!(thrown instanceof PortholeError))
      return { reached, problem: explainBreak(url, thrown, reached, total) }
    if (!isPassing(thrown)) throw thrown
    return { reached, problem: thrown }
  }
}

/** Where in the file the answer's body belongs, and how long the whole file is. */
function placeOf(
  { status, headers }: HttpFile,
  half: HalfDownload | undefined,
): { start: number; total: number | undefined } | undefined {
  // A site without ranges, and one whose file has changed, send all of it.
  if (status === 200) return { start: 0, total: lengthIn(headers['content-length']) }
  if (status !== 206 || half === undefined) return undefined
  const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers['content-range'] ?? '')
  if (range === null || Number(range[1]) !== half.bytes) return undefined
  return { start: half.bytes, total: Number(range[2]) }
}

/** An answer without the file: something to wait for, or the end. */
async function refusal({ status }: HttpFile, url: URL, file: GrowingFile): Promise<Outcome> {
  const problem = unexpectedStatus(url, status)
  const isRangeTrouble = status === 206 || status === 416
  if (isRangeTrouble) await file.forget()
  else if (status !== 429 && status < 500) throw problem
  return { reached: 0, problem }
}

function assertSize(bytes: number | undefined, { expectedBytes, limitBytes, url }: Download): void {
  if (bytes === undefined) return
  if (bytes > limitBytes) throw tooLong(url)
  if (expectedBytes !== undefined && bytes !== expectedBytes)
    throw refused(
      `The file at ${url.host} has ${bytes} bytes, not the ${expectedBytes} that were agreed to.`,
      url.href,
    )
}

function tooLong(url: URL): PortholeError {
  return refused(`The file at ${url.host} is larger than it may be.`, url.href)
}

function explainBreak(url: URL, thrown: unknown, reached: number, total: number | undefined): PortholeError {
  if (reached === 0) return siteUnreachable(url, thrown)
  const message = `The download from ${url.host} broke off after ${reached} of ${total ?? 'unknown'} bytes.`
  return downloadFailed(message, thrown instanceof Error ? thrown.message : String(thrown))
}

/** What the network itself explains and calls passing, such as a proxy that cannot be reached at the moment. */
function isPassing({ value: { code, retryable } }: PortholeError): boolean {
  return retryable && (code === 'NETWORK' || code === 'PROXY_FAILED')
}

/** Only a strong one says that two answers are parts of one and the same file. */
function strongEtag({ headers: { etag } }: HttpFile): string | undefined {
  return etag?.startsWith('"') ? etag : undefined
}

function lengthIn(header: string | undefined): number | undefined {
  return header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined
}
