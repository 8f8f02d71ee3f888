import type { TerminalSize } from '../../../contract/session.ts'
import type { RecordingStart } from '../audit-service.ts'

/**
 * What the container side is told the terminal is: the exec agent sets TERM to
 * this whatever the client has.
 */
const terminalType = 'xterm-256color'

/**
 * Largest stretch of output in one event. Keeps a line well below a page of
 * `recording()`, also when every byte needs six characters (`\u001b`).
 */
const maximumEventBytes = 32 * 1024

/**
 * Turns what happens in a terminal into asciicast v3 (revision of 2025-10-20):
 * one JSON value per line, a header and then events `[interval, code, data]`.
 * https://docs.asciinema.org/manual/asciicast/v3/
 *
 * We write `o` (output), `r` (resize) and `m` (marker); never `i`: what a person types holds passwords that no screen shows.
 */
export class AsciicastEncoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  /** Sum of the intervals written so far. */
  #writtenMilliseconds = 0

  header(header: RecordingStart): string {
    const { container } = header
    return line({
      version: 3,
      term: { cols: header.size.cols, rows: header.size.rows, type: terminalType },
      timestamp: Math.floor(header.startedAt / 1000),
      command: header.command,
      title: header.title,
      tags: ['ecs-exec', container.environment],
      // The format asks readers to pass members that they do not know.
      porthole: {
        sessionId: header.sessionId,
        startedAt: header.startedAt,
        account: container.scope.accountId,
        region: container.scope.region,
        clusterArn: container.clusterArn,
        serviceName: container.serviceName,
        taskArn: container.taskArn,
        container: container.containerName,
      },
    })
  }

  /**
   * One event per 32 KiB; none while a character is incomplete. Bytes that are
   * no UTF-8 become U+FFFD, as they do on the screen.
   * @param elapsed milliseconds since the recording began, here and below
   */
  output(elapsed: number, bytes: Uint8Array): string {
    let lines = ''
    for (let start = 0; start < bytes.byteLength; start += maximumEventBytes) {
      const text = this.#decoder.decode(bytes.subarray(start, start + maximumEventBytes), { stream: true })
      if (text !== '') lines += this.#event(elapsed, 'o', text)
    }
    return lines
  }

  resize(elapsed: number, size: TerminalSize): string {
    return this.#event(elapsed, 'r', `${size.cols}x${size.rows}`)
  }

  marker(elapsed: number, label: string): string {
    return this.#event(elapsed, 'm', label)
  }

  /** What was left of a character that never became whole. */
  flush(elapsed: number): string {
    const text = this.#decoder.decode()
    return text === '' ? '' : this.#event(elapsed, 'o', text)
  }

  /**
   * Intervals are whole milliseconds. What rounding leaves over is carried into
   * the next one, so the sum never drifts by more than half a millisecond. A
   * clock that was set back counts as standing still.
   */
  #event(elapsed: number, code: 'o' | 'r' | 'm', data: string): string {
    const interval = Math.max(0, Math.round(elapsed) - this.#writtenMilliseconds)
    this.#writtenMilliseconds += interval
    return `[${(interval / 1000).toFixed(3)}, "${code}", ${json(data)}]\n`
  }
}

function line(value: unknown): string {
  return `${json(value)}\n`
}

/**
 * JSON escapes the C0 controls but not DEL, the C1 controls and the line
 * separators of Unicode: a recording that someone prints must not act on their
 * terminal or break their lines.
 */
const unescaped = /[\u007f-\u009f\u2028\u2029]/g

function json(value: unknown): string {
  return JSON.stringify(value).replace(
    unescaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
