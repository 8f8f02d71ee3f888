import { stableNumber } from '../services/identifiers.ts'
import type { ContainerDescription } from './world-types.ts'

const minute = 60_000
/** Enough to scroll through, spread over the last hours. */
const oldLines = 75
const betweenOldLines = 3 * minute
/** The last quarter of an hour is what people look at first. */
const recentMilliseconds = 15 * minute
const recentLines = 100
/** A provider did not answer for a while: when it began and how many lines speak of it. */
const outage = { from: 7 * minute, to: 5.5 * minute, lines: 24 }

const requests = [
  ['GET / HTTP/1.1', 200, 2214],
  ['GET /assets/app.3f9c2b.js HTTP/1.1', 200, 48213],
  ['GET /api/products?page=1 HTTP/1.1', 200, 5120],
  ['GET /favicon.ico HTTP/1.1', 304, 0],
  ['POST /api/cart HTTP/1.1', 200, 312],
  ['GET /api/products/1042 HTTP/1.1', 200, 1874],
  ['GET /api/cart HTTP/1.1', 200, 884],
  ['GET /wp-login.php HTTP/1.1', 404, 153],
] as const
const failedRequest = ['POST /api/cart/checkout HTTP/1.1', 502, 157] as const

const applicationLines = [
  'INFO  request done route=/api/products status=200 duration=22ms',
  'INFO  request done route=/api/cart status=200 duration=57ms',
  'INFO  cache refreshed entries=412',
  'WARN  upstream slow host=payments.internal duration=1812ms',
  'INFO  job finished queue=orders id=9c41 duration=198ms',
]
/** Containers of the image `api` write JSON. */
const jsonLines = [
  '{"level":"info","msg":"request","method":"GET","path":"/health","status":200,"ms":1}',
  '{"level":"info","msg":"request","method":"POST","path":"/orders","status":201,"ms":41}',
  '{"level":"info","msg":"token keys refreshed","keys":2}',
  '{"level":"warn","msg":"request","method":"GET","path":"/orders/1042","status":404,"ms":6}',
  '{"level":"info","msg":"connections","open":3,"idle":7}',
]
const failedJsonLine =
  '{"level":"error","msg":"upstream timeout","host":"payments.internal","order":"9c40","ms":30000}'
const routerLines = [
  '[info] [output:cloudwatch_logs] 18 events sent',
  '[info] [output:cloudwatch_logs] 3 events sent',
  '[info] [storage] 0 chunks waiting',
]
const failedApplicationLine = 'ERROR checkout failed: payment provider did not answer in 30 s order=9c40'

export interface PastLine {
  at: number
  text: string
}

/** What a container logged before the sandbox started, oldest first. The same in every run but for the times. */
export function pastLines(container: ContainerDescription, taskId: string, now: number): PastLine[] {
  const seed = (name: string, index: number) =>
    stableNumber(`${taskId} ${container.name} ${name} ${index}`, 1000)
  const lineAt = (at: number, choice: number, failed: boolean) => {
    if (container.page) return { at, text: accessLine(at, choice, failed) }
    if (container.program === 'log-router')
      return { at, text: routerLines[choice % routerLines.length] ?? '' }
    if (container.program === 'api') return { at, text: jsonLine(choice, failed) }
    return { at, text: applicationLine(choice, failed) }
  }
  const old = Array.from({ length: oldLines }, (_, index) =>
    lineAt(now - recentMilliseconds - (oldLines - index) * betweenOldLines, seed('old', index), false),
  )
  const recent = Array.from({ length: recentLines }, (_, index) => {
    const jitter = seed('jitter', index) / 1000
    const ago = ((recentLines - index - jitter) * recentMilliseconds) / recentLines
    return lineAt(now - Math.round(ago), seed('recent', index), false)
  })
  const failed = Array.from({ length: outage.lines }, (_, index) => {
    const jitter = seed('failed jitter', index) / 1000
    const ago = outage.from - ((index + jitter) * (outage.from - outage.to)) / outage.lines
    return lineAt(now - Math.round(ago), seed('failed', index), true)
  })
  const lately = (container.loggedLately ?? []).map((text) => ({ at: now - minute, text }))
  return [...old, ...recent, ...failed, ...lately].sort((left, right) => left.at - right.at)
}

/** nginx's combined format. */
function accessLine(at: number, choice: number, failed: boolean): string {
  const [request, status, bytes] = failed
    ? failedRequest
    : (requests[choice % requests.length] ?? requests[0])
  return `10.0.${choice % 256}.${(choice * 7) % 256} - - [${accessTime(at)}] "${request}" ${status} ${bytes} "-" "Mozilla/5.0"`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `25/Nov/2026:13:27:42 +0000`. */
function accessTime(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`
}

function jsonLine(choice: number, failed: boolean): string {
  return failed ? failedJsonLine : (jsonLines[choice % jsonLines.length] ?? '')
}

function applicationLine(choice: number, failed: boolean): string {
  if (failed) return `${failedApplicationLine} attempt=${1 + (choice % 3)}`
  return applicationLines[choice % applicationLines.length] ?? ''
}
