import { stableNumber } from '../services/identifiers.ts'
import type { ContainerDescription } from './world-types.ts'

/** Enough to fill a screen and to scroll, spread over the last hours. */
const linesPerContainer = 90
const minutesBetweenLines = 3

const requests = [
  ['GET / HTTP/1.1', 200, 2214],
  ['GET /assets/app.3f9c2b.js HTTP/1.1', 200, 48213],
  ['GET /api/products?page=1 HTTP/1.1', 200, 5120],
  ['GET /favicon.ico HTTP/1.1', 304, 0],
  ['POST /api/cart HTTP/1.1', 200, 312],
  ['GET /api/products/1042 HTTP/1.1', 200, 1874],
  ['POST /api/cart/checkout HTTP/1.1', 502, 157],
  ['GET /wp-login.php HTTP/1.1', 404, 153],
] as const

const applicationLines = [
  'info  request done route=/api/products status=200 duration=22ms',
  'info  request done route=/api/cart status=200 duration=57ms',
  'info  cache refreshed entries=412',
  'warn  upstream slow host=payments.internal duration=1812ms',
  'info  job finished queue=orders id=9c41 duration=198ms',
  'error upstream timeout host=payments.internal after=30000ms',
]

export interface PastLine {
  minutesAgo: number
  text: string
}

/** What a container logged before the sandbox started, oldest first. The same in every run. */
export function pastLines(container: ContainerDescription, taskId: string): PastLine[] {
  return Array.from({ length: linesPerContainer }, (_, index) => {
    const minutesAgo = (linesPerContainer - index) * minutesBetweenLines
    const choice = stableNumber(`${taskId} ${container.name} ${index}`, 1000)
    return { minutesAgo, text: container.page ? accessLine(choice) : applicationLine(choice) }
  })
}

/** Combined log format without the time, which the log service keeps. */
function accessLine(choice: number): string {
  const [request, status, bytes] = requests[choice % requests.length] ?? requests[0]
  return `10.0.${choice % 256}.${(choice * 7) % 256} - - "${request}" ${status} ${bytes} "-" "Mozilla/5.0"`
}

function applicationLine(choice: number): string {
  return applicationLines[choice % applicationLines.length] ?? ''
}
