import type { Clock } from '../clock.ts'
import type { Place } from '../ecs/arns.ts'

/** A stream keeps the newest of its events, so that a chatty container cannot fill the memory. */
const eventsPerStream = 50_000
/** CloudWatch Logs takes 1 MB per event, the 26 bytes that it adds included. */
const longestMessage = 1024 * 1024 - 26

export interface LogEvent {
  /** Grows within the whole store: the order of arrival, and what tokens point at. */
  sequence: number
  timestamp: number
  ingestionTime: number
  message: string
}

export interface LogGroup {
  name: string
  arn: string
  createdAt: number
  streams: Map<string, LogStream>
}

/** CloudWatch Logs' groups and streams, per account and region. */
export class LogStore {
  readonly #groups = new Map<string, Map<string, LogGroup>>()
  readonly #sequence = { next: 1 }
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The stream, made together with its group when it is new. */
  stream(place: Place, groupName: string, streamName: string, createdAt = this.#clock.now()): LogStream {
    const group = this.#group(place, groupName, createdAt)
    let stream = group.streams.get(streamName)
    if (!stream) {
      stream = new LogStream(streamName, `${group.arn}:log-stream:${streamName}`, createdAt, this.#sequence)
      group.streams.set(streamName, stream)
    }
    return stream
  }

  groups(place: Place): LogGroup[] {
    return [...(this.#groups.get(placeKey(place))?.values() ?? [])]
  }

  find(place: Place, groupName: string): LogGroup | undefined {
    return this.#groups.get(placeKey(place))?.get(groupName)
  }

  #group(place: Place, name: string, createdAt: number): LogGroup {
    const groups = this.#groups.get(placeKey(place)) ?? new Map<string, LogGroup>()
    this.#groups.set(placeKey(place), groups)
    const known = groups.get(name)
    if (known) return known
    const arn = `arn:aws:logs:${place.region}:${place.accountId}:log-group:${name}`
    const group: LogGroup = { name, arn, createdAt, streams: new Map() }
    groups.set(name, group)
    return group
  }
}

export class LogStream {
  readonly name: string
  readonly arn: string
  readonly createdAt: number
  readonly #sequence: { next: number }
  #events: LogEvent[] = []
  #writer: (() => void) | undefined

  constructor(name: string, arn: string, createdAt: number, sequence: { next: number }) {
    this.name = name
    this.arn = arn
    this.createdAt = createdAt
    this.#sequence = sequence
  }

  /** Times in epoch milliseconds. */
  append(timestamp: number, message: string, ingestionTime = timestamp): void {
    this.#events.push({
      sequence: this.#sequence.next++,
      timestamp,
      ingestionTime,
      message: message.slice(0, longestMessage),
    })
    // Cut in bulk: shifting an array of this size for every line would cost more than the line.
    if (this.#events.length > eventsPerStream * 1.1) this.#events = this.#events.slice(-eventsPerStream)
  }

  /** Called when somebody looks into this stream by its name: whoever writes it may have waited for that. */
  onAsked(writer: () => void): void {
    this.#writer = writer
  }

  asked(): void {
    this.#writer?.()
  }

  /** Oldest first; events of one moment in order of arrival. */
  events(): LogEvent[] {
    return [...this.#events].sort(
      (left, right) => left.timestamp - right.timestamp || left.sequence - right.sequence,
    )
  }

  get firstEvent(): LogEvent | undefined {
    return this.#events[0]
  }

  get lastEvent(): LogEvent | undefined {
    return this.#events.at(-1)
  }
}

function placeKey(place: Place): string {
  return `${place.accountId}/${place.region}`
}
