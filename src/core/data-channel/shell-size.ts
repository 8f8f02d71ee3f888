import type { TerminalSize } from '../../contract/session.ts'

/** The size of the terminal, and which one the shell was told last. */
export class ShellSize {
  readonly #transmit: (payload: Uint8Array) => number
  #size: TerminalSize
  #sentSize: TerminalSize | undefined

  /** @param transmit sends a message and gives its sequence number */
  constructor(size: TerminalSize, transmit: (payload: Uint8Array) => number) {
    this.#size = size
    this.#transmit = transmit
  }

  change(size: TerminalSize): void {
    this.#size = size
  }

  get changedSinceSent(): boolean {
    const { cols, rows } = this.#size
    return this.#sentSize?.cols !== cols || this.#sentSize.rows !== rows
  }

  /** @returns the sequence number of the message */
  send(): number {
    this.#sentSize = this.#size
    const { cols, rows } = this.#size
    return this.#transmit(Buffer.from(JSON.stringify({ cols, rows })))
  }
}
