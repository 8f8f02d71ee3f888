import type { HistoryLine } from '../../../contract/audit.ts'
import type { CloudEvent } from '../../../contract/cloud-audit.ts'
import { formatClock, formatDay, monthName } from '../../ui/time.ts'
import { lengthOf, type ServiceChange, type Visit } from './audit-entries.ts'

/** A session in the chart, or several that lie on the same pixels; places are fractions of its width. */
export interface ChartSpan {
  /** Of the first session. */
  key: string
  left: number
  /** Where the last of them began. */
  lastLeft: number
  width: number
  tone: 'me' | 'other' | 'live'
  /** Absent also when the sessions were in several. */
  containerName: string | undefined
  /** Absent when they were several people's. */
  userName: string | undefined
  sessions: number
  /** Milliseconds inside, all sessions together. */
  length: number
}

export interface ChartPoint {
  key: string
  left: number
  kind: 'refused' | 'replaced' | 'started' | 'service'
  /** Whose it is, or what it is about. */
  userName: string | undefined
}

export interface ChartLane {
  label: string
  spans: ChartSpan[]
  points: ChartPoint[]
}

export interface ChartTick {
  /** Epoch milliseconds. */
  at: number
  left: number
  label: string
}

export interface ChartLayout {
  lanes: ChartLane[]
  /** Part of the time in which nobody had been inside. */
  asBuilt: number
  ticks: ChartTick[]
}

/**
 * Each session is drawn at least 4 pixels wide and a lane is seldom wider than
 * a thousand: those that begin nearer to each other are one shape to the eye,
 * while a thousand elements cost time to lay out.
 */
const sameShapeWithin = 1 / 250

/** People with a lane of their own; everyone else shares one. */
const mostNamedLanes = 3

export interface ChartInput {
  lines: readonly HistoryLine[]
  /** Of these lines and events. */
  visits: readonly Visit[]
  /** What only CloudTrail knows. */
  events?: readonly CloudEvent[]
  changes?: readonly ServiceChange[]
  /** When the task started, or the earliest that is known of it. */
  from: number
  /** Now, or when the task ended. */
  to: number
  /** Whose lane comes first. */
  self: string | undefined
  startedAt: number | undefined
  touchedSince: number | undefined
}

/** Who was inside when, as shapes on lanes. */
export function layoutChart({
  lines: history,
  visits,
  events = [],
  changes = [],
  from,
  to,
  self,
  startedAt,
  touchedSince,
}: ChartInput): ChartLayout {
  const span = Math.max(1, to - from)
  const place = (timestamp: number) => Math.min(1, Math.max(0, (timestamp - from) / span))
  const names = lanesByName(history, events, self)
  const lanes: ChartLane[] = names.map((label) => ({ label, spans: [], points: [] }))
  const laneOf = (userName: string) => lanes[names.indexOf(userName)] ?? lanes.at(-1)

  const inOrder = visits.toSorted((left, right) => left.startedAt - right.startedAt)
  for (const visit of inOrder) {
    const { key, startedAt: began, live, userName, containerName } = visit
    const left = place(began)
    addSpan(laneOf(userName)?.spans, {
      key,
      left,
      lastLeft: left,
      width: place(began + lengthOf(visit, to)) - left,
      tone: live ? 'live' : userName === self ? 'me' : 'other',
      containerName,
      userName,
      sessions: 1,
      length: lengthOf(visit, to),
    })
  }
  for (const { eventId: key, at, userName, refusal } of events)
    if (refusal !== undefined)
      laneOf(userName)?.points.push({ key, left: place(at), kind: 'refused', userName })
  const service: ChartLane = { label: 'Service', spans: [], points: [] }
  if (startedAt !== undefined)
    service.points.push({ key: 'started', left: place(startedAt), kind: 'started', userName: undefined })
  for (const { id, at, subject } of changes)
    service.points.push({ key: id, left: place(at), kind: 'service', userName: subject })
  for (const entry of history) {
    // Looking and checking changes nothing in the task.
    if (entry.kind === 'session' || entry.kind === 'activity') continue
    const { at, userName } = entry
    if (entry.kind === 'refused')
      laneOf(userName)?.points.push({ key: entry.sessionId, left: place(at), kind: 'refused', userName })
    else service.points.push({ key: `replaced:${at}`, left: place(at), kind: 'replaced', userName })
  }
  if (service.points.length > 0) lanes.push(service)
  return {
    lanes,
    asBuilt: touchedSince === undefined ? 1 : place(touchedSince),
    ticks: ticksBetween(from, to),
  }
}

/** Adds the next session of a lane; sessions come in the order in which they began. */
function addSpan(spans: ChartSpan[] = [], next: ChartSpan): void {
  const last = spans.at(-1)
  if (last === undefined || last.tone !== next.tone || next.left - last.lastLeft > sameShapeWithin) {
    spans.push(next)
    return
  }
  last.lastLeft = next.left
  last.width = Math.max(endOf(last), endOf(next)) - last.left
  last.sessions += next.sessions
  last.length += next.length
  if (last.userName !== next.userName) last.userName = undefined
  if (last.containerName !== next.containerName) last.containerName = undefined
}

function endOf({ left, width }: ChartSpan): number {
  return left + width
}

/** Names of the lanes for people: oneself, those with most entries, and "Others" when there are more. */
function lanesByName(
  lines: readonly HistoryLine[],
  events: readonly CloudEvent[],
  self: string | undefined,
): string[] {
  const counts = new Map<string, number>()
  for (const { userName } of events) counts.set(userName, (counts.get(userName) ?? 0) + 1)
  for (const { kind, userName } of lines)
    if (kind === 'session' || kind === 'refused') counts.set(userName, (counts.get(userName) ?? 0) + 1)
  const names = [...counts.keys()].sort(
    (left, right) =>
      Number(right === self) - Number(left === self) ||
      (counts.get(right) ?? 0) - (counts.get(left) ?? 0) ||
      left.localeCompare(right),
  )
  return names.length <= mostNamedLanes ? names : [...names.slice(0, mostNamedLanes - 1), 'Others']
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const quarter = 84 * day
const steps = [
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  28 * day,
  quarter,
  364 * day,
]

/** More labels than this run into each other in a narrow window. */
const mostTicks = 5

/** Next to "Now" at the end and to the edge at the start a label has no room. */
const freeAtStart = 0.03
const freeAtEnd = 0.08

/**
 * Round moments of the person's own clock. The first says its day too; midnight
 * is told as the day that begins.
 */
export function ticksBetween(from: number, to: number): ChartTick[] {
  const span = to - from
  if (!(span > 0)) return []
  const step = steps.find((each) => span / each <= mostTicks) ?? Math.ceil(span / mostTicks / day) * day
  const midnight = new Date(from)
  midnight.setHours(0, 0, 0, 0)
  const ticks: ChartTick[] = []
  for (let index = 0; ; index += 1) {
    const at = nthStep(midnight, step, index)
    if (at >= to) return ticks
    const left = (at - from) / span
    if (left < freeAtStart || left > 1 - freeAtEnd) continue
    ticks.push({ at, left, label: tickLabel(at, step, ticks.length === 0) })
  }
}

/** Days are counted by the calendar, so that midnight stays midnight when the clocks change. */
function nthStep(midnight: Date, step: number, index: number): number {
  if (step < day) return midnight.getTime() + index * step
  const days = Math.round(step / day) * index
  return new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + days).getTime()
}

function tickLabel(at: number, step: number, first: boolean): string {
  const date = new Date(at)
  if (step >= quarter) return `${monthName(date)} ${date.getFullYear()}`
  const dayText = formatDay(date)
  if (step >= day || (date.getHours() === 0 && date.getMinutes() === 0)) return dayText
  const clock = formatClock(at)
  return first ? `${dayText} ${clock}` : clock
}
