import { addCounts, type RedactionCounts, RedactionStream } from '../redaction/redact.ts'
import { redactText } from './redacted-event.ts'

/** Header of asciicast v3, as far as other forms have a use for it. */
interface CastHeader {
  version: number
  term?: { cols?: number; rows?: number; type?: string }
  timestamp?: number
  command?: string
  title?: string
  tags?: string[]
}

/** Seconds since the event before, code, data. */
type CastEvent = [number, string, string]

/** A line of a recording of ours, which is the first one: the header. */
export type CastLine = CastHeader | CastEvent

/**
 * asciicast v3 without known kinds of secrets. Colours and full-screen programs
 * go with them: only plain lines can be searched for secrets, and each comes when
 * its end was known. Played it is the session as a log that is written bit by bit.
 */
export async function* redactedCast(
  lines: AsyncIterable<CastLine>,
  counts: RedactionCounts,
): AsyncIterable<CastLine> {
  const stream = new RedactionStream()
  // The time of what is held back belongs to what is said next.
  let waited = 0
  const say = (code: string, data: string): CastEvent => {
    const interval = Number(waited.toFixed(3))
    waited = 0
    return [interval, code, data]
  }
  for await (const line of lines) {
    if (!Array.isArray(line)) {
      yield redactedHeader(line, counts)
      continue
    }
    const [interval, code, data] = line
    waited += Number(interval)
    if (code === 'o') {
      const text = stream.push(data)
      if (text !== '') yield say('o', terminalLines(text))
    } else if (code === 'm') yield say('m', redactText(data, counts))
    else if (code === 'r') yield say(code, data)
  }
  const rest = stream.flush()
  if (rest !== '') yield say('o', terminalLines(rest))
  addCounts(counts, stream.counts)
}

function redactedHeader({ term, timestamp, command, title, tags }: CastHeader, counts: RedactionCounts) {
  return {
    version: 3,
    term,
    timestamp,
    ...(command !== undefined && { command: redactText(command, counts) }),
    ...(title !== undefined && { title: redactText(title, counts) }),
    tags,
  }
}

/** A terminal does not go back to the first column by itself. */
function terminalLines(text: string): string {
  return text.replaceAll('\n', '\r\n')
}

/**
 * asciicast v2: another header, and times from the beginning instead of from the
 * event before. https://docs.asciinema.org/manual/asciicast/v2/
 */
export async function* versionTwo(lines: AsyncIterable<CastLine>): AsyncIterable<object> {
  let elapsed = 0
  for await (const line of lines) {
    if (!Array.isArray(line)) {
      yield headerV2(line)
      continue
    }
    const [interval, code, data] = line
    elapsed += Number(interval)
    // What ends a recording has no code there.
    if (code !== 'x') yield [Number(elapsed.toFixed(3)), code, data]
  }
}

function headerV2({ term, timestamp, command, title }: CastHeader): object {
  return {
    version: 2,
    width: term?.cols ?? 80,
    height: term?.rows ?? 24,
    timestamp,
    command,
    title,
    env: { TERM: term?.type },
  }
}
