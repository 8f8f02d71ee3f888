import type { GetLogEvents } from './stream-reader.ts'

/** Pages of one millisecond; a megabyte each, so this is more than any container writes. */
const mostPages = 20

/** A line that was cut, found again by its moment and length; undefined when it is not there any more. */
export async function readWholeLine(
  getLogEvents: GetLogEvents,
  { group, stream, at, length }: { group: string; stream: string; at: number; length: number },
): Promise<string | undefined> {
  let nextToken: string | undefined
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await getLogEvents({
      logGroupName: group,
      logStreamName: stream,
      startTime: at,
      endTime: at + 1,
      startFromHead: true,
      nextToken,
    })
    for (const { message = '' } of answer.events ?? []) {
      const text = message.replace(/[\r\n]+$/, '')
      if (text.length === length) return text
    }
    if (answer.nextForwardToken === nextToken) return undefined
    nextToken = answer.nextForwardToken
  }
  return undefined
}
