import type { ContainerProcess } from '../../../src/sandbox/containers/container-runtime.ts'
import { PtyProcess } from '../../fixtures/pty-process.ts'

/** A shell of this computer on a pty, with a prompt that is the same everywhere. */
export async function shellProcess(): Promise<ContainerProcess> {
  return new PtyProcess({ program: '/bin/sh', prompt: 'container# ' })
}

/** Writes `total` bytes of a pattern as fast as it is read, then waits for input; remembers what is typed. */
export class PatternProcess implements ContainerProcess {
  #total: number
  #listener: ((bytes: Uint8Array) => void) | undefined
  #exitListener: ((exit: { code: number }) => void) | undefined
  #paused = false
  #scheduled = false
  written = 0
  readonly typed: Buffer[] = []
  readonly sizes: string[] = []
  onTyped: () => void = () => undefined

  constructor(total: number) {
    this.#total = total
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener
    this.#schedule()
  }

  onExit(listener: (exit: { code: number }) => void): void {
    this.#exitListener = listener
  }

  write(bytes: Uint8Array): void {
    this.typed.push(Buffer.from(bytes))
    this.onTyped()
  }

  resize(size: { cols: number; rows: number }): void {
    this.sizes.push(`${size.cols}x${size.rows}`)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  /** Lets it write on. */
  extend(bytes: number): void {
    this.#total += bytes
    this.#schedule()
  }

  kill(): void {
    this.#paused = true
    this.#exitListener?.({ code: 129 })
    this.#exitListener = undefined
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#paused || this.written >= this.#total) return
      const piece = patternBytes(this.written, Math.min(65_536, this.#total - this.written))
      this.written += piece.byteLength
      this.#listener?.(piece)
      this.#schedule()
    })
  }
}

/** Four bytes for each position divisible by four, so that a lost, doubled or moved piece cannot hide. */
export function patternBytes(from: number, length: number): Buffer {
  const first = from - (from % 4)
  const bytes = Buffer.alloc(Math.ceil((from - first + length) / 4) * 4)
  for (let offset = 0; offset < bytes.byteLength; offset += 4) {
    bytes.writeUInt32LE(Math.imul((first + offset) / 4, 2654435761) >>> 0, offset)
  }
  return bytes.subarray(from - first, from - first + length)
}
