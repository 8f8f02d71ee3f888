import type { LogLine } from '../../contract/logs.ts'

export interface OlderPage {
  /** Oldest first. May be empty although there is more. */
  lines: LogLine[]
  /** Nothing in the range is older. */
  complete: boolean
}

/**
 * Reads one stream in both directions from the moment it began: to older lines
 * page by page, and to those written since. Calls are made one after the other.
 */
export interface LogReader {
  older(): Promise<OlderPage>
  /** At most a page. */
  newer(): Promise<LogLine[]>
}

/** What a reader reads, and how far back. Times in epoch milliseconds. */
export interface ReaderPlace {
  source: number
  group: string
  stream: string
  from: number
  to?: number | undefined
}

/**
 * Pages without a line that are passed before an answer says so: a search for
 * something rare goes through many, and whoever waits should see that it goes on.
 */
export const emptyPagesInARow = 10

/** Lines of a page; CloudWatch Logs gives 10,000 at most, and a screen needs the newest soon. */
export const linesPerPage = 5000
