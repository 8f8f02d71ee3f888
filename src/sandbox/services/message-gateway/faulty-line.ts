import type { Clock } from '../clock.ts'
import type { Corruption, LineDirection, LineFault, LineFaults, SocketDeath } from './fault-plan.ts'
import { frameOffset } from './frame.ts'

/** A swapped frame with no successor comes after this long: longer than the agent's pace, shorter than a resend. */
const swapPatience = 50

export interface FaultyLineOptions {
  clock: Clock
  direction: LineDirection
  /** Asked for every frame, so that faults can be switched while the line is in use. */
  faults: () => LineFaults | undefined
  deliver: (frame: Uint8Array) => void
  killSocket: (how: SocketDeath) => void
}

/** One direction between gateway and client, with what goes wrong on it. */
export class FaultyLine implements Disposable {
  readonly #options: FaultyLineOptions
  readonly #timers = new Set<Disposable>()
  #swapped: { frame: Uint8Array; release: Disposable } | undefined
  #index = 0

  constructor(options: FaultyLineOptions) {
    this.#options = options
  }

  send(frame: Uint8Array): void {
    const faults = this.#options.faults()
    const index = this.#index++
    const fault = faults?.(this.#describe(frame, index))
    if (fault?.kind === 'swap' && this.#swapped === undefined) {
      this.#holdForSwap(frame)
      return
    }
    this.#apply(fault, frame)
    this.#releaseSwapped()
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer[Symbol.dispose]()
    this.#timers.clear()
    this.#swapped = undefined
  }

  #apply(fault: LineFault | undefined, frame: Uint8Array): void {
    const { deliver, killSocket } = this.#options
    switch (fault?.kind) {
      case 'drop':
        return
      case 'duplicate':
        deliver(frame)
        deliver(frame)
        return
      case 'delay':
        this.#after(fault.milliseconds, () => deliver(frame))
        return
      case 'corrupt':
        deliver(corrupt(frame, fault.what))
        return
      case 'kill-socket':
        killSocket(fault.how)
        return
      default:
        deliver(frame)
    }
  }

  #holdForSwap(frame: Uint8Array): void {
    this.#swapped = { frame, release: this.#after(swapPatience, () => this.#releaseSwapped()) }
  }

  #releaseSwapped(): void {
    if (this.#swapped === undefined) return
    const { frame, release } = this.#swapped
    this.#swapped = undefined
    release[Symbol.dispose]()
    this.#timers.delete(release)
    this.#options.deliver(frame)
  }

  #after(delay: number, callback: () => void): Disposable {
    const timer = this.#options.clock.after(delay, () => {
      this.#timers.delete(timer)
      callback()
    })
    this.#timers.add(timer)
    return timer
  }

  /** Reads without any check: faults must hit frames that are broken already, too. */
  #describe(frame: Uint8Array, index: number) {
    const { direction } = this.#options
    if (frame.byteLength < frameOffset.payload) {
      return { direction, index, messageType: '', payloadType: 0, sequenceNumber: 0 }
    }
    const view = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
    return {
      direction,
      index,
      messageType: view.toString('latin1', frameOffset.messageType, frameOffset.schemaVersion).trim(),
      payloadType: view.readUInt32BE(frameOffset.payloadType),
      sequenceNumber: Number(view.readBigInt64BE(frameOffset.sequenceNumber)),
    }
  }
}

function corrupt(frame: Uint8Array, what: Corruption): Uint8Array {
  const copy = Buffer.from(frame)
  if (copy.byteLength < frameOffset.payload) return copy
  switch (what) {
    case 'digest':
      copy.writeUInt8(copy.readUInt8(frameOffset.payloadDigest) ^ 0xff, frameOffset.payloadDigest)
      break
    case 'created-date':
      copy.writeBigUInt64BE(0n, frameOffset.createdDate)
      break
    case 'unknown-message-type':
      copy.fill(' ', frameOffset.messageType, frameOffset.schemaVersion)
      copy.write('porthole_unknown', frameOffset.messageType, 'latin1')
      break
    case 'nul-padding':
      padWithNul(copy)
      break
    case 'payload-length':
      copy.writeUInt32BE(copy.readUInt32BE(frameOffset.payloadLength) + 7, frameOffset.payloadLength)
      break
  }
  return copy
}

function padWithNul(frame: Buffer): void {
  const text = frame.toString('latin1', frameOffset.messageType, frameOffset.schemaVersion).trimEnd()
  frame.fill(0, frameOffset.messageType + text.length, frameOffset.schemaVersion)
}
