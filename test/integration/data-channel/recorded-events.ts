import type { ErrorValue } from '../../../src/contract/errors.ts'
import type { EndReason } from '../../../src/contract/session.ts'
import type { EngineEvents } from '../../../src/core/session/engine.ts'

/** Long enough for a loaded machine; a test that gets here has failed. */
const patience = 20_000

/** What an engine said, in order, and a way to wait for it. */
export class RecordedEvents implements EngineEvents {
  readonly names: string[] = []
  readonly #pieces: Uint8Array[] = []
  readonly #waiting = new Set<() => void>()
  byteLength = 0
  /** Off for a test that looks at the output as it comes. */
  keepOutput = true
  end: { reason: EndReason; error?: ErrorValue } | undefined
  /** Why the connection broke, the first time. */
  interruption: ErrorValue | undefined
  degradation: ErrorValue | undefined
  readonly retries: { error: ErrorValue; retryIn: number }[] = []
  /** Called with each piece of output, e.g. to pause the session. */
  onOutput: (bytes: Uint8Array) => void = () => undefined

  ready(): void {
    this.#record('ready')
  }

  encrypted(): void {
    this.#record('encrypted')
  }

  output(bytes: Uint8Array): void {
    if (this.keepOutput) this.#pieces.push(bytes)
    this.byteLength += bytes.byteLength
    this.onOutput(bytes)
    this.#look()
  }

  degraded(error: ErrorValue): void {
    this.degradation = error
    this.#record('degraded')
  }

  recovered(): void {
    this.#record('recovered')
  }

  /** Recorded once per interruption; `retries` has every attempt. */
  reconnecting(error: ErrorValue, retryIn: number): void {
    this.interruption ??= error
    this.retries.push({ error, retryIn })
    if (this.names.at(-1) !== 'reconnecting') this.#record('reconnecting')
    else this.#look()
  }

  reconnected(): void {
    this.#record('reconnected')
  }

  ended(reason: EndReason, error?: ErrorValue): void {
    this.end = { reason, error }
    this.#record('ended')
  }

  bytes(): Buffer {
    const all = Buffer.concat(this.#pieces)
    this.#pieces.splice(0, this.#pieces.length, all)
    return all
  }

  text(): string {
    return this.bytes().toString()
  }

  /** Resolves when `condition` holds after some event; rejects, saying what there was, when it never does. */
  async until(what: string, condition: () => boolean, limit = patience): Promise<void> {
    if (condition()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => {
      if (condition()) resolve()
    }
    this.#waiting.add(look)
    const timer = setTimeout(() => {
      const said = `events ${this.names.join(', ')}; end ${JSON.stringify(this.end)}; ${this.byteLength} bytes`
      reject(
        new Error(`Waited in vain for ${what}: ${said}, last ${JSON.stringify(this.text().slice(-300))}`),
      )
    }, limit)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }

  untilEvent(name: string, limit?: number): Promise<void> {
    return this.until(name, () => this.names.includes(name), limit)
  }

  untilText(part: string): Promise<void> {
    return this.until(JSON.stringify(part), () => this.text().includes(part))
  }

  #record(name: string): void {
    this.names.push(name)
    this.#look()
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }
}
