import type { ContainerProcess } from '../../../../src/sandbox/containers/container-runtime.ts'

/** A command whose output and end a test decides, and that remembers what was done to it. */
export class FakeProcess implements ContainerProcess {
  readonly written: string[] = []
  readonly sizes: { cols: number; rows: number }[] = []
  paused = false
  killed = false
  #output: (bytes: Uint8Array) => void = () => {}
  #exit: (exit: { code: number }) => void = () => {}

  print(text: string | Uint8Array): void {
    this.#output(Buffer.from(text))
  }

  end(): void {
    this.#exit({ code: 0 })
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#output = listener
  }

  onExit(listener: (exit: { code: number }) => void): void {
    this.#exit = listener
  }

  write(bytes: Uint8Array): void {
    this.written.push(Buffer.from(bytes).toString())
  }

  resize(size: { cols: number; rows: number }): void {
    this.sizes.push(size)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  kill(): void {
    this.killed = true
  }
}
