/**
 * A two-way, ordered pipe of messages. Text carries RPC, bytes carry terminals;
 * nothing above a channel knows whether it crosses a process, a socket or nothing.
 *
 * Rules that every carrier keeps (test/unit/channel/conformance.ts):
 * - messages arrive once, in order, text as text and bytes as a `Uint8Array` of
 *   their own (the sender may reuse its buffer after `post` returns);
 * - what is posted before the first listener is kept for it;
 * - `post` after close does nothing; `onClose` fires once, on both ends, also
 *   for a listener that comes too late.
 */
export interface Channel {
  post(message: ChannelMessage): void
  onMessage(listener: (message: ChannelMessage) => void): Disposable
  onClose(listener: () => void): Disposable
  close(): void
  /** Bytes handed over but not yet sent, where the carrier can tell; 0 elsewhere. */
  readonly pendingBytes: number
}

export type ChannelMessage = string | Uint8Array
