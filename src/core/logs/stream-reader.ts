import type { GetLogEventsCommandInput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { LogLine } from '../../contract/logs.ts'
import { toLine } from './log-events.ts'
import {
  emptyPagesInARow,
  type LogReader,
  linesPerPage,
  type OlderPage,
  type ReaderPlace,
} from './log-reader.ts'

export type GetLogEvents = (input: GetLogEventsCommandInput) => Promise<GetLogEventsCommandOutput>

/**
 * Everything in a stream, by GetLogEvents. A page may be empty; the end is where
 * the token that comes back is the one that was sent.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export class StreamReader implements LogReader {
  readonly #place: ReaderPlace
  readonly #getLogEvents: GetLogEvents
  /** The newest page, until it was given out. */
  #newest: LogLine[] = []
  #backward: string | undefined
  #forward: string | undefined
  #starting: Promise<void> | undefined

  constructor(place: ReaderPlace, getLogEvents: GetLogEvents) {
    this.#place = place
    this.#getLogEvents = getLogEvents
  }

  async older(): Promise<OlderPage> {
    await this.#start()
    const newest = this.#takeNewest()
    if (newest.length > 0) return { lines: newest, complete: false }
    for (let page = 0; page < emptyPagesInARow; page += 1) {
      const answer = await this.#ask({ nextToken: this.#backward })
      const isOver = answer.nextBackwardToken === this.#backward
      this.#backward = answer.nextBackwardToken
      const lines = this.#linesOf(answer)
      if (isOver || lines.length > 0) return { lines, complete: isOver }
    }
    return { lines: [], complete: false }
  }

  async newer(): Promise<LogLine[]> {
    const isNew = this.#forward === undefined
    await this.#start()
    // A stream that was not there before: all of it is news.
    if (isNew) return this.#takeNewest()
    for (let page = 0; page < emptyPagesInARow; page += 1) {
      const answer = await this.#ask({ nextToken: this.#forward, startFromHead: true })
      const isOver = answer.nextForwardToken === this.#forward
      this.#forward = answer.nextForwardToken
      const lines = this.#linesOf(answer)
      if (isOver || lines.length > 0) return lines
    }
    return []
  }

  /** Both directions begin with the newest page. A start that failed is tried again by the next call. */
  async #start(): Promise<void> {
    if (this.#forward !== undefined) return
    this.#starting ??= this.#readNewest().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
  }

  async #readNewest(): Promise<void> {
    const answer = await this.#ask({ startFromHead: false })
    this.#newest = this.#linesOf(answer)
    this.#backward = answer.nextBackwardToken
    this.#forward = answer.nextForwardToken
  }

  #takeNewest(): LogLine[] {
    const lines = this.#newest
    this.#newest = []
    return lines
  }

  #ask(
    how: Pick<GetLogEventsCommandInput, 'nextToken' | 'startFromHead'>,
  ): Promise<GetLogEventsCommandOutput> {
    const { group, stream, from, to } = this.#place
    return this.#getLogEvents({
      logGroupName: group,
      logStreamName: stream,
      startTime: from,
      endTime: to,
      limit: linesPerPage,
      ...how,
    })
  }

  #linesOf({ events = [] }: GetLogEventsCommandOutput): LogLine[] {
    return events.map(({ timestamp = 0, message = '' }) => toLine(this.#place.source, timestamp, message))
  }
}
